import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "ava";
import { definePlugin } from "../plugin.js";
import { coreVersion } from "./core-version.js";
import { defineConfig, type UserConfig } from "./define-config.js";
import { positive } from "./formats.js";
import { pluginFolders } from "./plugin-folders.js";
import { resolveRun, type RunSource } from "./resolve-run.js";

const formats = new URL("formats.js", import.meta.url).href;
const folders: string[] = [];

test.after.always(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

type Files = Readonly<Record<string, string | object>>;

/** A temporary project with these files; objects are written as JSON. */
function project(files: Files): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "idgan-config-")));
  folders.push(root);
  for (const [name, content] of Object.entries({ "package.json": { name: "project", type: "module" }, ...files })) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return root;
}

interface Made {
  readonly kind?: string;
  readonly name?: string;
  readonly core?: string;
  readonly options?: string;
}

const duties = "build() {}, open() {}, create() {}, probe() {}, apply() {}";

function pluginSource({ kind = "vae", name = "p", core = "*", options = "" }: Made): string {
  return `import { positive, path, integerFrom } from ${JSON.stringify(formats)};
export default { kind: ${JSON.stringify(kind)}, name: ${JSON.stringify(name)}, core: ${JSON.stringify(core)}, options: { ${options} }, ${duties} };`;
}

/** A package that is ESM alone: \`require\` cannot resolve it. */
function packageOf(made: Made & { readonly name: string }, source = pluginSource(made)): Files {
  const at = `node_modules/${made.name}`;
  return { [`${at}/package.json`]: { name: made.name, type: "module", exports: { ".": { import: "./main.js" } } }, [`${at}/main.js`]: source };
}

const beta = 'beta: { doc: "Weight.", format: positive, default: 4 }';
const packages: Files = {
  ...packageOf({ name: "@x/data", kind: "data", options: 'folder: { doc: "Where.", format: path, default: undefined }' }),
  ...packageOf({ name: "@x/vae", kind: "vae", options: beta }),
  ...packageOf({ name: "@x/vae2", kind: "vae", options: 'gamma: { doc: "Weight.", format: positive, default: 1 }' }),
  ...packageOf({ name: "@x/gan", kind: "gan" }),
  ...packageOf({ name: "@idgan/engine-onnx", kind: "engine", options: 'threads: { doc: "Threads.", format: integerFrom(0), default: 0 }' }),
  ...packageOf({ name: "@x/tap", kind: "tap", options: beta }),
};
const base = {
  data: { use: "@x/data", options: { folder: "pictures" } },
  vae: { use: "@x/vae" },
  gan: { use: "@x/gan" },
  represent: { steps: 10 },
  synthesise: { steps: 20 },
};

async function failureOf(source: RunSource): Promise<string> {
  try {
    await resolveRun(source);
  } catch (error) {
    return `${(error as { code?: string }).code}: ${(error as Error).message}`;
  }
  return "nothing was thrown";
}

test("a config resolves to a frozen run with every default written out", async (t) => {
  const cwd = project({ ...packages, "runs/idgan.config.js": `export default ${JSON.stringify({ ...base, taps: [{ use: "@x/tap", options: { beta: 2 } }] })}` });
  const run = await resolveRun({ config: "./runs", cwd });
  const file = join(cwd, "runs/idgan.config.js");
  t.is(run.config.name, "runs");
  t.is(run.config.folder, join(cwd, "runs"));
  t.deepEqual(run.config.data, { use: "@x/data", from: file, options: { folder: join(cwd, "runs/pictures") } });
  t.deepEqual(run.config.vae, { use: "@x/vae", from: file, options: { beta: 4 }, size: 64, latentDim: 10 });
  t.deepEqual(run.config.engine, { use: "@idgan/engine-onnx", from: join(cwd, "runs"), options: { threads: 0 } });
  t.deepEqual(run.config.taps, [{ use: "@x/tap", from: file, options: { beta: 2 } }]);
  t.is(run.config.synthesise.generatorOptimizer.name, "rmsprop");
  t.is(run.plugins.vae.name, "@x/vae");
  t.is(run.plugins.taps[0]?.name, "@x/tap");
  t.deepEqual(run.layers, ["defaults", "./runs"]);
  t.true(Object.isFrozen(run.config) && Object.isFrozen(run.config.vae.options) && Object.isFrozen(run.config.represent.optimizer));
});

test("presets lie below the config, the environment above it, flags on top", async (t) => {
  const cwd = project({
    ...packages,
    "node_modules/@idgan/presets/package.json": { name: "@idgan/presets", type: "module", exports: { "./*": "./dist/*.js" } },
    "node_modules/@idgan/presets/dist/small.js": `export default ${JSON.stringify({ ...base, name: "small", seed: 5, vae: { use: "@x/vae", size: 32, options: { beta: 8 } } })}`,
    "node_modules/my-presets/package.json": { name: "my-presets", exports: { "./big": "./b.json" } },
    "node_modules/my-presets/b.json": { presets: ["../../local/tiny.json"], seed: 6, represent: { batch: 16 } },
    "local/tiny.json": { seed: 7, represent: { batch: 8 }, record: { log: 3 } },
    "run.json": { presets: ["small", "my-presets/big"], represent: { steps: 11 } },
  });
  const run = await resolveRun({ config: "run.json", cwd, env: { IDGAN_VAE__OPTIONS__BETA: "16", IDGAN_REPRESENT__STEPS: "12" }, set: ["represent.steps=13"], engine: "eager", seed: 99 });
  t.deepEqual(run.layers, ["defaults", "preset small", "../../local/tiny.json", "preset my-presets/big", "run.json", "environment", "flags"]);
  t.like(run.config, { name: "small", seed: 99, vae: { size: 32, options: { beta: 16 } }, represent: { steps: 13, batch: 16 }, record: { log: 3 } });
  t.deepEqual(run.config.engine, { use: "eager", from: cwd, options: {} });
  const bare = await resolveRun({ config: "small", cwd, set: ["data.options.folder=mine"] });
  t.is(bare.config.folder, cwd);
  t.is(bare.config.data.options["folder"], join(cwd, "mine"));
});

test("the saved config alone gives the same run again, from any folder", async (t) => {
  const cwd = project({
    ...packages,
    "my-vae.js": pluginSource({ name: "mine", options: beta }),
    "idgan.config.js": `import { positive } from ${JSON.stringify(formats)};
const tap = { kind: "tap", name: "own-tap", core: "*", options: { beta: { doc: "B.", format: positive, default: 1 } }, apply() {} };
const gan = { kind: "gan", name: "own-gan", core: "*", options: {}, build() {} };
export default { ...${JSON.stringify(base)}, vae: { use: "./my-vae.js", options: { beta: 3 } }, plugins: [gan], gan: { use: "own-gan" }, taps: [{ use: tap, options: { beta: 9 } }, { use: "@x/tap" }] };`,
  });
  const first = await resolveRun({ config: "idgan.config.js", cwd, set: ["seed=3", "synthesise.averageDecay=0.9"] });
  t.deepEqual(first.config.gan, { use: "own-gan", from: join(cwd, "idgan.config.js"), options: {}, size: 64, nuisanceDim: 0 });
  t.is(first.config.taps[0]?.use, "own-tap");
  const elsewhere = project({ "runs/a/config.json": first.config });
  const again = await resolveRun({ config: join(elsewhere, "runs/a/config.json"), cwd: elsewhere });
  t.deepEqual(again.config, first.config);
  t.is(again.plugins.gan, first.plugins.gan);
  t.is(again.plugins.vae, first.plugins.vae);
  t.deepEqual(again.plugins.taps, first.plugins.taps);
  t.is(again.config.folder, cwd);
  t.deepEqual((await resolveRun({ config: "runs/a", cwd: elsewhere })).config, first.config);
});

test("packages are found where a preset's own dependencies lie", async (t) => {
  const inside = Object.fromEntries(Object.entries(packages).map(([name, content]) => [`store/presets/${name}`, content]));
  const cwd = project({ ...inside, "store/presets/package.json": { name: "their-presets", type: "module" }, "store/presets/a.json": base, "run.json": { presets: ["./store/presets/a.json"] } });
  const run = await resolveRun({ config: "run.json", cwd });
  t.is(run.config.vae.from, join(cwd, "store/presets/a.json"));
  t.is(run.config.data.options["folder"], join(cwd, "store/presets/pictures"));
  t.is(run.plugins.engine.name, "@idgan/engine-onnx");
});

test("a plugin that a flag names and only a preset brings is found again from the saved config", async (t) => {
  const inside = Object.fromEntries(Object.entries(packages).map(([name, content]) => [`store/presets/${name}`, content]));
  const cwd = project({ ...inside, "store/presets/package.json": { name: "their-presets", type: "module" }, "store/presets/a.json": base, "run.json": { presets: ["./store/presets/a.json"] } });
  const { config } = await resolveRun({ config: "run.json", cwd, set: ["vae.use=@x/vae2"] });
  t.is(config.vae.from, join(cwd, "store/presets"));
  const elsewhere = project({ "config.json": config });
  t.deepEqual((await resolveRun({ config: "config.json", cwd: elsewhere })).config, config);
});

test("a config in a program is typed, and its plugins are objects", async (t) => {
  const cwd = project(packages);
  const tap = definePlugin({ kind: "tap", name: "in-program", core: `^${coreVersion}`, options: { rate: { doc: "R.", format: positive, default: 2 } }, apply: () => {} });
  const config: UserConfig = defineConfig({ ...base, taps: [{ use: tap, options: { rate: 3 } }], synthesise: { steps: 1, code: "prior" } });
  const run = await resolveRun({ config, cwd });
  t.is(run.plugins.taps[0], tap);
  t.deepEqual(run.config.taps, [{ use: "in-program", from: cwd, options: { rate: 3 } }]);
  t.is(run.config.name, "run");
});

test("the options of a plugin that a later layer replaces do not reach the other", async (t) => {
  const cwd = project({ ...packages, "a.json": { ...base, vae: { use: "@x/vae", options: { beta: 9 } } }, "b.json": { presets: ["./a.json"], vae: { use: "@x/vae2" } }, "c.json": { presets: ["./b.json"], vae: { use: "@x/vae" } } });
  t.deepEqual((await resolveRun({ config: "b.json", cwd })).config.vae.options, { gamma: 1 });
  t.deepEqual((await resolveRun({ config: "c.json", cwd })).config.vae.options, { beta: 4 });
  t.deepEqual((await resolveRun({ config: "a.json", cwd, set: ["vae.use=@x/vae2", "vae.options.gamma=5"] })).config.vae.options, { gamma: 5 });
});

test("a run that takes an encoder from elsewhere makes no updates of stage 1, whatever its layers say", async (t) => {
  const cwd = project({ ...packages, "a.json": { ...base, represent: {}, encoder: { from: "runs/old" } }, "b.json": base });
  const { config, layers } = await resolveRun({ config: "a.json", cwd });
  t.is(config.represent.steps, 0);
  t.is(config.encoder.from, join(cwd, "runs/old"));
  t.deepEqual(layers, ["defaults", "a.json", "encoder.from"]);
  t.is((await resolveRun({ config: "a.json", cwd, set: ["represent.steps=4"] })).config.represent.steps, 0);
  t.is((await resolveRun({ config: "b.json", cwd, set: ["encoder.from=runs/old"] })).config.represent.steps, 0);
  t.is((await resolveRun({ config: "a.json", cwd, set: ["encoder.from=null", "represent.steps=4"] })).config.represent.steps, 4);
  t.regex(await failureOf({ config: "a.json", cwd, set: ["encoder.from=null"] }), /^CONFIG_MISSING: "represent.steps" was not given\./);
});

test("a run whose encoder would stay untrained is refused by who said so", async (t) => {
  const cwd = project({ ...packages, "run.json": { ...base, represent: { steps: 0 } } });
  const refused = '"represent.steps" is 0, which leaves the encoder untrained. Set it above 0, or "encoder.from" to an earlier run whose encoder is taken.';
  t.is(await failureOf({ config: "run.json", cwd }), `CONFIG_VALUE: run.json: ${refused}`);
  t.is(await failureOf({ config: "run.json", cwd, set: ["represent.steps=0"] }), `CONFIG_VALUE: --set represent.steps: ${refused}`);
  t.is((await resolveRun({ config: "run.json", cwd, set: ["represent.steps=1"] })).config.represent.steps, 1);
});

const wrong: readonly (readonly [string, object, string])[] = [
  ["a misspelt key", { ...base, vea: {} }, 'CONFIG_UNKNOWN_KEY: run.json: nothing declares the key "vea". Did you mean "vae"?'],
  ["a misspelt option of a plugin", { ...base, vae: { use: "@x/vae", options: { bata: 1 } } }, 'CONFIG_UNKNOWN_KEY: run.json: nothing declares the key "vae.options.bata". Did you mean "vae.options.beta"?'],
  ["an option of a plugin that has none", { ...base, gan: { use: "@x/gan", options: { a: 1 } } }, 'CONFIG_UNKNOWN_KEY: run.json: nothing declares the key "gan.options.a". "gan.options" has: no keys.'],
  ["a wrong option", { ...base, vae: { use: "@x/vae", options: { beta: "4" } } }, 'CONFIG_VALUE: run.json: "vae.options.beta" must be a number above 0; it is "4".'],
  ["a slot that is text", { ...base, vae: "@x/vae" }, 'CONFIG_UNKNOWN_KEY: run.json: "vae" holds keys of its own (use, from, options, size, latentDim), and not a value such as "@x/vae".'],
  ["a slot without a plugin", { ...base, vae: { size: 32 } }, 'CONFIG_MISSING: No layer names a vae plugin. Set "vae.use" to the name of a package, in the config or with --set vae.use=...'],
  ["a plugin that is no name", { ...base, vae: { use: 7 } }, 'CONFIG_VALUE: run.json: "vae.use" must be the name of a package, or the path of a file; it is 7.'],
  ["a required option of a plugin that is missing", { ...base, data: { use: "@x/data" } }, 'CONFIG_MISSING: "data.options.folder" was not given. Where. Set it in the config, or with --set data.options.folder=...; it must be a path.'],
  ["steps that are missing", { ...base, represent: {} }, 'CONFIG_MISSING: "represent.steps" was not given. Updates that stage 1 makes; with `encoder.from` none, whatever is said here. Set it in the config, or with --set represent.steps=...; it must be an integer of at least 0.'],
  ["taps that are no list", { ...base, taps: { use: "@x/tap" } }, 'CONFIG_VALUE: run.json: "taps" must be a list of { use, options }; it is {"use":"@x/tap"}.'],
  ["a tap without a name", { ...base, taps: [{ options: {} }] }, 'CONFIG_VALUE: run.json: "taps[0]" must be { use, options } with "use" the name of a package, the path of a file, or a plugin; it is {"options":{}}.'],
  ["a tap's misspelt option", { ...base, taps: [{ use: "@x/tap", options: { betta: 1 } }] }, 'CONFIG_UNKNOWN_KEY: run.json: nothing declares the key "taps[0].options.betta". Did you mean "taps[0].options.beta"?'],
  ["a tap's wrong option", { ...base, taps: [{ use: "@x/tap", options: { beta: -1 } }] }, 'CONFIG_VALUE: run.json: "taps[0].options.beta" must be a number above 0; it is -1.'],
  ["a tap twice", { ...base, taps: [{ use: "@x/tap" }, { use: "@x/tap" }] }, 'PLUGIN_INVALID: run.json: "taps[1]" is @x/tap, which "taps[0]" already is. Take one of them out.'],
  ["presets that are no list", { ...base, presets: "small" }, 'CONFIG_VALUE: run.json: "presets" must be a list of names or paths; it is "small".'],
  ["plugins that are no list", { ...base, plugins: {} }, 'CONFIG_VALUE: run.json: "plugins" must be a list of plugin objects; it is {}.'],
];

for (const [what, config, message] of wrong) {
  test(`${what} is said`, async (t) => {
    t.is(await failureOf({ config: "run.json", cwd: project({ ...packages, "run.json": config }) }), message);
  });
}

const broken: readonly (readonly [string, string, string])[] = [
  ["exports nothing", "export const a = 1;", "PLUGIN_INVALID: SOURCE is no plugin: its default export is nothing. It must export definePlugin({ kind, name, core, options, ... }) as default."],
  ["exports a function", "export default function plugin() {}", "PLUGIN_INVALID: SOURCE is no plugin: its default export is a function. It must export definePlugin({ kind, name, core, options, ... }) as default."],
  ["has no kind", "export default {}", 'PLUGIN_INVALID: SOURCE is no plugin: its "kind" is nothing, not one of vae, gan, data, engine, tap, metrics.'],
  ["is of another kind", pluginSource({ kind: "gan", name: "wrong" }), 'PLUGIN_INVALID: SOURCE is a plugin of kind "gan", and this place takes kind "vae".'],
  ["calls itself something else", pluginSource({ name: "other" }), 'PLUGIN_INVALID: SOURCE calls itself "other". A plugin\'s "name" is the name it is used by: "@x/vae".'],
  ["wants another core", pluginSource({ name: "@x/vae", core: "^99.0.0" }), `PLUGIN_CORE_RANGE: SOURCE works with @idgan/core ^99.0.0, and this is ${coreVersion}. Update the plugin, or install a core of that range.`],
  ["has no range of core", pluginSource({ name: "@x/vae", core: "newest" }), `PLUGIN_INVALID: SOURCE says it works with @idgan/core "newest", which is no semver range. Its "core" must be one, such as "^${coreVersion}".`],
  ["does not document an option", pluginSource({ name: "@x/vae", options: "a: { format: positive, default: 1 }" }), 'PLUGIN_INVALID: SOURCE does not document its option "a". Every option has a "doc" of one sentence.'],
  ["gives an option no format", pluginSource({ name: "@x/vae", options: 'a: { doc: "A.", format: Number, default: 1 }' }), 'PLUGIN_INVALID: SOURCE gives its option "a" no format. Use one of @idgan/core: positive, integer, oneOf(...), ...'],
  ["has a default that its format refuses", pluginSource({ name: "@x/vae", options: 'a: { doc: "A.", format: positive, default: NaN }' }), 'PLUGIN_INVALID: SOURCE has a default for "a", NaN, that its own format refuses: must be a number above 0.'],
  ["has an option that convict would misread", pluginSource({ name: "@x/vae", options: 'default: { doc: "A.", format: positive, default: 1 }' }), 'PLUGIN_INVALID: SOURCE has an option called "default". An option\'s name is camelCase, and none of default, constructor, prototype.'],
  ["cannot build", 'export default { kind: "vae", name: "@x/vae", core: "*", options: {} }', 'PLUGIN_INVALID: SOURCE has no function "build", which a plugin of kind "vae" needs.'],
  ["fails while loading", 'throw new Error("no libfoo.so")', "PLUGIN_LOAD: SOURCE is installed, but failed while loading: no libfoo.so, at FILE:1"],
];

for (const [what, source, message] of broken) {
  test(`a package that ${what} is refused by name and file`, async (t) => {
    const cwd = project({ ...packages, ...packageOf({ name: "@x/vae" }, source), "run.json": base });
    t.is(await failureOf({ config: "run.json", cwd }), message.replace("SOURCE", `run.json: "vae.use": @x/vae (FILE)`).replaceAll("FILE", join(cwd, "node_modules/@x/vae/main.js")));
  });
}

test("a package that is not installed is named with the line that installs it", async (t) => {
  const cwd = project({ ...packages, "run.json": { ...base, vae: { use: "idgan-nowhere" } } });
  t.is(await failureOf({ config: "run.json", cwd }), `PLUGIN_NOT_FOUND: run.json: "vae.use": idgan-nowhere is not installed, looked for from ${cwd}. If that is the package you mean, run: npm install --ignore-scripts idgan-nowhere`);
  t.is(await failureOf({ config: "run.json", cwd, set: ["vae.use=./none.js"] }), `PLUGIN_NOT_FOUND: --set vae.use: "vae.use": ./none.js is not a file, looked for from ${cwd}. Check the path; it starts at the folder of the config that names it.`);
  t.is(await failureOf({ config: "run.json", cwd, set: ["vae.use=@x/vae"], engine: "fpga" }), `PLUGIN_NOT_FOUND: --engine: "engine.use": @idgan/engine-fpga is not installed, looked for from ${cwd}. There are the engines onnx, tensorflow, eager; a GPU is used by an option of theirs (idgan doctor says what runs here).`);
});

test("--set engine.use takes the short names that --engine takes, and a plugin of that very name goes first", async (t) => {
  const cwd = project({ ...packages, "run.json": base });
  t.is((await resolveRun({ config: "run.json", cwd, set: ["engine.use=eager"] })).config.engine.use, "eager");
  t.regex(await failureOf({ config: "run.json", cwd, set: ["engine.use=fpga"] }), /@idgan\/engine-fpga is not installed/);
  const other = project({ ...packages, ...packageOf({ name: "fpga" }, "export default 7;"), "run.json": base });
  t.regex(await failureOf({ config: "run.json", cwd: other, set: ["engine.use=fpga"] }), /fpga .*is no plugin/);
});

test("packages with unusual keywords stand beside plugins", (t) => {
  const [one, other, plugin] = ["old", "bare", "plugin"].map((name) => `node_modules/${name}/package.json`) as [string, string, string];
  const root = project({ [one]: { name: "old", keywords: "deep, clone" }, [other]: { name: "bare", keywords: null }, [plugin]: { name: "plugin", keywords: ["idgan-plugin"] } });
  t.true(pluginFolders(root).includes(join(root, "node_modules/plugin")));
});

test("of a plugin that would load a second core, a copy that shares this one is taken, and where there is none the other installation's command is named", async (t) => {
  const stranger = project({ ...packages, "node_modules/@idgan/core/package.json": { name: "@idgan/core", version: coreVersion }, "run.json": base });
  const other = join(stranger, "node_modules/@idgan/core");
  const message = await failureOf({ config: "run.json", cwd: stranger });
  t.true(message.startsWith(`PLUGIN_CORE_COPY: run.json: "data.use": @x/data (${join(stranger, "node_modules/@x/data/main.js")}) would load a second @idgan/core, ${other}, beside `), message);
  t.true(message.includes(`Run that installation's own command: node ${join(other, "bin/idgan.js")}`), message);
  const cwd = project(packages);
  const { config } = await resolveRun({ config: join(stranger, "run.json"), cwd });
  t.is(config.data.from, cwd);
});

test("a plugin that a preset depends on is found beside the preset, where pnpm keeps it", async (t) => {
  const cwd = project({
    ...packages,
    "node_modules/@idgan/presets/package.json": { name: "@idgan/presets", version: "1.0.0", keywords: ["idgan"], dependencies: { "@x/kept": "*" }, exports: { "./*": "./*.js" } },
    "node_modules/@idgan/presets/node_modules/@x/kept/package.json": { name: "@x/kept", keywords: ["idgan-plugin"], exports: "./main.js", type: "module" },
    "node_modules/@idgan/presets/node_modules/@x/kept/main.js": 'export default { kind: "vae", name: "@x/kept", core: "*", options: {}, build() {} };',
    "run.json": { ...base, vae: { use: "@x/kept" } },
  });
  const run = await resolveRun({ config: "run.json", cwd });
  t.is(run.config.vae.use, "@x/kept");
});

test("a package that was never built is not called missing", async (t) => {
  const cwd = project({ ...packages, "node_modules/@x/raw/package.json": { name: "@x/raw", exports: "./dist/index.js" }, "run.json": { ...base, vae: { use: "@x/raw" } } });
  t.is(await failureOf({ config: "run.json", cwd }), `PLUGIN_LOAD: run.json: "vae.use": @x/raw is installed in ${join(cwd, "node_modules/@x/raw")}, but its package.json names no module that exists there. If it was cloned and not installed, build it first.`);
});

test("two plugin objects of one name are refused", async (t) => {
  const cwd = project({ ...packages, "run.js": `const a = () => ({ kind: "gan", name: "mine", core: "*", options: {}, build() {} }); export default { ...${JSON.stringify(base)}, plugins: [a(), a()], gan: { use: "mine" } };` });
  t.is(await failureOf({ config: "run.js", cwd }), 'PLUGIN_INVALID: run.js: a second plugin object is called "mine"; the first is in run.js. Rename one of them.');
});

test("files that are no config are said for what they are", async (t) => {
  const cwd = project({
    ...packages,
    "empty.json": {},
    "list.json": [],
    "bad.json": "{ seed: 1 }",
    "comma.json": '{\n  "seed": 1,\n}',
    "cut.json": '{ "seed": 1',
    "old/package.json": { type: "commonjs" },
    "old/run.js": "import 'node:fs'; export default {};",
    "old/bare.js": "export default {};",
    "throws.js": "throw new Error('boom')",
    "none.js": "export const seed = 1;",
    "typed.ts": "export default { seed: 1 as number };",
    "loop.json": { presets: ["./loop2.json"], seed: 1 },
    "loop2.json": { presets: ["./loop.json"] },
    "blank.json": { presets: ["./empty.json"] },
    "node_modules/@idgan/presets/package.json": { name: "@idgan/presets", exports: { "./*": "./dist/*.js" } },
    "node_modules/@idgan/presets/dist/quickstart.js": "export default {}",
    "node_modules/@idgan/presets/dist/quickstart.test.js": "",
    "node_modules/@idgan/presets/dist/dsprites.js": "export default {}",
  });
  const failure = async (config: string) => (await failureOf({ config, cwd })).replaceAll(cwd, "CWD");
  t.is(await failure("missing.js"), "CONFIG_FILE: command line: there is no file CWD/missing.js. Check the path.");
  t.is(await failure("."), "CONFIG_FILE: command line: the folder CWD holds no idgan.config.js, .mjs, .json or .ts, and no config.json of a run. Check the path.");
  t.is(await failure("empty.json"), "CONFIG_FILE: empty.json: CWD/empty.json is empty. A config or preset sets at least one key.");
  t.is(await failure("blank.json"), "CONFIG_FILE: ./empty.json: CWD/empty.json is empty. A config or preset sets at least one key.");
  t.is(await failure("list.json"), "CONFIG_FILE: list.json: CWD/list.json gives [], not an object. Write { … }.");
  t.regex(await failure("bad.json"), /^CONFIG_FILE: bad.json: CWD\/bad.json is not JSON: Expected property name.*, at line 1, column 3\.$/);
  t.is(await failure("comma.json"), "CONFIG_FILE: comma.json: CWD/comma.json is not JSON: JSON allows no comma after the last entry, at line 3, column 1.");
  t.regex(await failure("cut.json"), /^CONFIG_FILE: cut.json: CWD\/cut.json is not JSON: ./);
  for (const file of ["old/run.js", "old/bare.js"]) {
    t.regex(await failure(file), /failed while it was loaded: .*\. Node takes the project's \.js files for CommonJS: run `npm pkg set type=module` there, or rename the file to \.mjs\.$/);
  }
  t.is(await failure("throws.js"), "CONFIG_FILE: throws.js: CWD/throws.js failed while it was loaded: boom, at CWD/throws.js:1. Correct the file; DEBUG=idgan shows the whole stack.");
  t.is(await failure("none.js"), "CONFIG_FILE: none.js: CWD/none.js gives nothing, not an object. Write `export default defineConfig({ … })`.");
  t.is(await failure("loop.json"), "CONFIG_FILE: ./loop.json leads back to itself: loop.json -> ./loop2.json -> ./loop.json. Take one of them out of \"presets\".");
  t.is(await failure("quikstart"), "CONFIG_FILE: command line: there is no preset quikstart. Did you mean quickstart? For a config file, write its extension, as in quikstart.js.");
  t.is(await failure("zebra"), "CONFIG_FILE: command line: there is no preset zebra. @idgan/presets has: dsprites, quickstart. For a config file, write its extension, as in zebra.js.");
  t.is(await failure("zebra.cjs"), "CONFIG_FILE: command line: there is no preset zebra.cjs. @idgan/presets has: dsprites, quickstart. A config file is one of .js, .mjs, .json, .ts, .mts.");
  t.is(await failure("their/preset"), "CONFIG_FILE: command line: there is no preset their/preset: no such file, and no such module of an installed package, looked for from CWD.");
  if (!("typescript" in process.features)) {
    t.regex(await failure("typed.ts"), /^CONFIG_FILE: typed.ts: Node [\d.]+ does not read .ts files. Use Node 22.18 or later, run with NODE_OPTIONS="--import tsx", or write the config as .js.$/);
  }
});
