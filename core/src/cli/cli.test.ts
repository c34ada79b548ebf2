import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { coreVersion } from "../config/core-version.js";
import { pluginFolders } from "../config/plugin-folders.js";
import { nextSteps } from "./next-steps.js";

const bin = fileURLToPath(new URL("../../bin/idgan.js", import.meta.url));
const formats = new URL("../config/formats.js", import.meta.url).href;
const folders: string[] = [];

test.after.always(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A temporary folder with these files; objects are written as JSON. */
function project(files: Readonly<Record<string, string | object>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "idgan-cli-")));
  folders.push(root);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return root;
}

interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly error: string;
}

async function run(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}, script = bin): Promise<Outcome> {
  const child = spawn(process.execPath, [script, ...args], { cwd, env: { PATH: process.env["PATH"], ...env } });
  let out = "";
  let error = "";
  child.stdout.on("data", (data: Buffer) => (out += data.toString()));
  child.stderr.on("data", (data: Buffer) => (error += data.toString()));
  const [status] = (await once(child, "close")) as [number | null];
  return { status, out, error };
}

function plugin(name: string, kind: string, options = ""): Readonly<Record<string, string | object>> {
  return {
    [`node_modules/${name}/package.json`]: { name, version: "1.2.3", type: "module", keywords: ["idgan-plugin"], exports: { import: "./main.js" } },
    [`node_modules/${name}/main.js`]: `import { positive } from ${JSON.stringify(formats)};
export default { kind: "${kind}", name: "${name}", core: "*", options: { ${options} }, build() {}, open() {}, create() {}, probe() { return { available: true, lines: ["a line"] }; } };`,
  };
}

const config = {
  data: { use: "x-data" },
  vae: { use: "x-vae", options: { beta: 2 } },
  gan: { use: "x-gan" },
  engine: { use: "eager" },
  represent: { steps: 1 },
  synthesise: { steps: 1 },
};
const files = {
  ...plugin("x-data", "data"),
  ...plugin("x-vae", "vae", 'beta: { doc: "Weight of it.", format: positive, default: 4 }'),
  ...plugin("x-gan", "gan"),
  "run.json": config,
  "slip.mjs": "export default { kind: , };",
  "runs/a/config.json": config,
  "runs/b/config.json": config,
  "runs/notes/thesis.tex": "",
};

test("--help lists the commands and loads neither TensorFlow.js nor convict", async (t) => {
  const hooks = 'export async function resolve(name, context, next) { if (/^(@tensorflow|convict|tapable|tsyringe)/.test(name)) throw new Error("early " + name); return await next(name, context); }';
  const register = `import { register } from "node:module"; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)});`;
  const env = { NODE_OPTIONS: `--import ${JSON.stringify(`data:text/javascript,${encodeURIComponent(register)}`)}` };
  const help = await run(["--help"], tmpdir(), env);
  t.is(help.status, 0, help.error);
  for (const command of ["train", "sample", "traverse", "evaluate", "data", "config", "plugins", "doctor", "completion"]) t.regex(help.out, new RegExp(`^  ${command} `, "m"));
  const guarded = await run(["config", "--keys"], tmpdir(), env);
  t.is(guarded.status, 1);
  t.regex(guarded.error, /early convict/);
});

test("--version is core's", async (t) => {
  t.deepEqual(await run(["--version"], tmpdir()), { status: 0, out: `${coreVersion}\n`, error: "" });
});

const misuses: readonly (readonly [args: readonly string[], said: RegExp])[] = [
  [[], /^Usage: idgan/],
  [["trian"], /^error: unknown command 'trian'\n\(Did you mean train\?\)/],
  [["help", "trian"], /^error: unknown command 'trian'\n\(Did you mean train\?\)\n\(idgan --help lists every command\)\n$/],
  [["help", "xyzzy"], /^error: unknown command 'xyzzy'\n\(idgan/],
  [["-v"], /^error: unknown option '-v'\n\(Did you mean -V, which prints the version\?\)/],
  [["train", "--fast"], /^error: unknown option '--fast'/],
  [["train"], /^error USAGE: train: no config was named\./],
  [["train", "--resume"], /^error USAGE: train --resume: which run\? Name its directory with --out\./],
  [["train", "x.json", "--set", "seed"], /^error USAGE: --set seed: a setting is key=value/],
  [["sample"], /^error: missing required argument 'run'/],
  [["sample", "x", "--count", "7x"], /^error: option '--count <n>' argument '7x' is invalid\. It must be an integer from 1 to 4096\./],
  [["traverse", "x", "--range", "NaN"], /It must be a number above 0\./],
  [["traverse", "x", "--columns", "1"], /It must be an integer from 2 to 64\./],
  [["sample", "x", "--out", "sheet.jpg"], /^error USAGE: --out sheet\.jpg: pictures are PNG files\. Give it a name that ends in \.png\./],
  [["evaluate"], /^error USAGE: evaluate: no run was named\. Write idgan evaluate <run>, or idgan evaluate --list/],
  [["evaluate", "x", "--seed", "-1"], /argument '-1' is invalid\. It must be an integer of at least 0\./],
  [["completion", "tcsh"], /^error USAGE: completion: there is no script for "tcsh"\. Use bash, zsh or fish\./],
];

for (const [args, said] of misuses) {
  test(`idgan ${args.join(" ")} is a misuse: status 2`, async (t) => {
    const { status, out, error } = await run(args, project({ "x.json": config }));
    t.is(out, "");
    t.regex(error, said);
    t.is(status, 2);
  });
}

test("config prints what would run as JSON, and its layers beside it", async (t) => {
  const cwd = project(files);
  const { status, out, error } = await run(["config", "run.json", "--set", "vae.options.beta=8", "--seed", "5"], cwd, { IDGAN_REPRESENT__STEPS: "7" });
  t.is(error, "# layers, the last wins: defaults, run.json, environment, flags\n");
  t.like(JSON.parse(out), { name: "run", seed: 5, folder: cwd, represent: { steps: 7, batch: 64 }, vae: { use: "x-vae", options: { beta: 8 } } });
  t.is(status, 0);
});

test("what config prints is itself a config of the same run", async (t) => {
  const cwd = project(files);
  const first = await run(["config", "run.json", "--seed", "9"], cwd);
  writeFileSync(join(cwd, "saved.json"), first.out);
  t.is((await run(["config", "saved.json"], cwd)).out, first.out);
});

test("config --keys lists every key with its default", async (t) => {
  const { status, out } = await run(["config", "--keys"], tmpdir());
  t.regex(out, /^vae\.latentDim +10 +an integer from 1 to 4096\n +Dimensions of c, the disentangled code\.$/m);
  t.regex(out, /^represent\.steps +\(required\) +an integer of at least 0$/m);
  t.is(status, 0);
});

const faults: readonly (readonly [what: string, args: readonly string[], status: number, said: string])[] = [
  ["a config that is not there", ["config", "none.json"], 3, "error CONFIG_FILE: command line: there is no file CWD/none.json. Check the path.\n"],
  ["a misspelt key", ["config", "run.json", "--set", "vae.option.beta=1"], 3, 'error CONFIG_UNKNOWN_KEY: --set vae.option.beta: nothing declares the key "vae.option". Did you mean "vae.options"?\n'],
  ["a preset in a flag", ["config", "run.json", "--set", 'presets=["quickstart"]'], 3, 'error CONFIG_UNKNOWN_KEY: --set presets: "presets" stands in a config file, beside its data, and nowhere else. Write it there, or name one preset as the command\'s argument.\n'],
  ["a misspelt engine", ["config", "run.json", "--set", "engine.use=eagr"], 3, 'error PLUGIN_NOT_FOUND: --set engine.use: "engine.use": @idgan/engine-eagr is not installed, looked for from CWD. Did you mean eager?\n'],
  ["a misspelt plugin", ["config", "run.json", "--set", "vae.use=x-vea"], 3, 'error PLUGIN_NOT_FOUND: --set vae.use: "vae.use": x-vea is not installed, looked for from CWD. Did you mean x-vae?\n'],
  ["a wrong value", ["config", "run.json", "--seed", "7x"], 3, 'error CONFIG_VALUE: --seed: "seed" must be an integer of at least 0; it is "7x".\n  `idgan config --keys` lists what each key takes, and `idgan plugins` what each option of a plugin takes.\n'],
  ["a plugin of another kind", ["config", "run.json", "--set", "vae.use=x-gan"], 3, 'error PLUGIN_INVALID: --set vae.use: "vae.use": x-gan (CWD/node_modules/x-gan/main.js) is a plugin of kind "gan", and this place takes kind "vae".\n  Name a plugin of the kind that the place takes: `idgan plugins` lists them by kind. In a plugin of your own, correct what the message names.\n'],
  ["a plugin with a slip in it", ["config", "run.json", "--set", "vae.use=./slip.mjs"], 3, 'error PLUGIN_LOAD: --set vae.use: "vae.use": ./slip.mjs (CWD/slip.mjs) is installed, but failed while loading: Unexpected token \',\', at CWD/slip.mjs:1\n  Read the cause, which is in the plugin\'s own module or in one that it imports; `DEBUG=idgan` shows where.\n'],
  ["a folder of runs for a run", ["sample", "runs"], 4, "error RUN_INVALID: runs/config.json does not exist, so its folder is no run. There are runs inside: runs/a, runs/b. Name one of them.\n"],
  ["a folder of runs to resume", ["train", "--resume", "--out", "runs"], 4, "error RUN_INVALID: runs is not a run that can be resumed: it holds no config.json. There are runs inside: runs/a, runs/b. Name one of them.\n"],
  ["data that is not there", ["data", "inspect", "nope"], 4, "error DATA_NOT_FOUND: There is nothing at CWD/nope. Check the path.\n"],
  ["data in an empty folder", ["data", "inspect", "empty"], 4, "error DATA_INVALID: The folder CWD/empty is empty. Name one that holds pictures, or a file of arrays.\n"],
  ["a plugin that is not installed", ["train", "run.json", "--engine", "@x/abacus"], 3, 'error PLUGIN_NOT_FOUND: --engine: "engine.use": @x/abacus is not installed, looked for from CWD. If that is the package you mean, run: npm install --ignore-scripts @x/abacus\n'],
  ["a run to resume that is none", ["train", "--resume", "--out", "node_modules"], 4, "error RUN_INVALID: node_modules is not a run that can be resumed: it holds no config.json. Check --out.\n"],
];

for (const [what, args, wanted, said] of faults) {
  test(`${what} ends with status ${wanted}, a message with one remedy and no stack`, async (t) => {
    const cwd = project(files);
    mkdirSync(join(cwd, "empty"));
    const { status, out, error } = await run(args, cwd);
    t.is(error.replaceAll(cwd, "CWD"), said);
    t.is(out, "");
    t.is(status, wanted);
  });
}

test("an error in a config is told with its line", async (t) => {
  const cwd = project({ "syntax.mjs": "export default {\n  seed: ,\n};", "throws.mjs": "const fail = () => {\n  throw new Error('deep');\n};\nfail();\nexport default {};" });
  t.regex((await run(["config", "syntax.mjs"], cwd)).error, /Unexpected token ',', at .*syntax\.mjs:2\. Correct the file/);
  t.regex((await run(["config", "throws.mjs"], cwd)).error, /deep, at .*throws\.mjs:2\. Correct the file/);
});

test("with --json a failure before there is a run is an event too", async (t) => {
  const { status, out } = await run(["train", "none.json", "--json"], project({}));
  t.like(JSON.parse(out), { event: "runFailed", code: "CONFIG_FILE", exit: 3 });
  t.is(status, 3);
});

const failures: readonly (readonly [args: readonly string[], code: string, exit: number])[] = [
  [["evaluate", "runs/nope"], "RUN_INVALID", 4],
  [["evaluate"], "USAGE", 2],
  [["data", "inspect", "nope"], "DATA_NOT_FOUND", 4],
  [["engine", "install", "nope"], "PLUGIN_NOT_FOUND", 3],
  [["train", "none.json", "--dry-run"], "CONFIG_FILE", 3],
];

for (const [args, code, exit] of failures) {
  test(`idgan ${args.join(" ")} --json fails with one JSON object`, async (t) => {
    const { status, out, error } = await run([...args, "--json"], project(files));
    const said = JSON.parse(out) as { readonly error: { readonly message: string } };
    t.like(said, { error: { code, exit } });
    t.true(error.startsWith(`error ${code}: ${said.error.message}`), error);
    t.is(status, exit);
  });
}

test("a run that has finished ends with its last pictures and what to do next", (t) => {
  const names = ["represent-00000010-reconstructions", "represent-00000010-traversal", "synthesise-00000009-traversal", "synthesise-00000012-traversal", "synthesise-00000012-triplets", "synthesise-00000012-samples"];
  const runs = join(project(Object.fromEntries(names.map((name) => [`run/images/${name}.png`, ""]))), "run");
  const images = join(runs, "images");
  t.deepEqual(nextSteps(runs, { synthesise: { steps: 12 } } as never), [`open ${images}/synthesise-00000012-triplets.png`, `open ${images}/synthesise-00000012-traversal.png`, `next npx idgan traverse ${runs}`, `next npx idgan evaluate ${runs}`]);
  t.deepEqual(nextSteps(runs, { synthesise: { steps: 0 } } as never), [`open ${images}/represent-00000010-traversal.png`, `open ${images}/represent-00000010-reconstructions.png`, `next npx idgan evaluate ${runs}`]);
  t.deepEqual(nextSteps("my runs/a", { synthesise: { steps: 1 } } as never), ["next npx idgan traverse 'my runs/a'", "next npx idgan evaluate 'my runs/a'"]);
});

(existsSync("/dev/full") ? test : test.skip)("output that cannot be written is a failure, told without a stack (needs /dev/full)", async (t) => {
  const child = spawn("sh", ["-c", '"$0" "$1" config --keys > /dev/full', process.execPath, bin]);
  let error = "";
  child.stderr.on("data", (data: Buffer) => (error += data.toString()));
  const [status] = (await once(child, "close")) as [number | null];
  t.regex(error, /^error: standard output could not be written: ENOSPC[^\n]*\n$/);
  t.is(status, 1);
});

test("DEBUG=idgan adds where it was thrown, and the cause", async (t) => {
  const cwd = project({ "bad.js": "throw new RangeError('deep reason');" });
  const { error } = await run(["config", "bad.js"], cwd, { DEBUG: "idgan" });
  t.regex(error, /\n\s+at .*config-file\.js/);
  t.regex(error, /\nRangeError: deep reason\n/);
});

test("plugins lists what is installed, with options, and what is wrong with what cannot be used", async (t) => {
  const broken = { "node_modules/x-broken/package.json": { name: "x-broken", version: "0.1.0", keywords: ["idgan-plugin"], type: "module", main: "main.js" }, "node_modules/x-broken/main.js": "export default 7;" };
  const beside = Object.fromEntries(Object.entries(plugin("x-inner", "tap")).map(([name, content]) => [`node_modules/x-presets/${name}`, content]));
  const presets = { "node_modules/x-presets/package.json": { name: "x-presets", keywords: ["idgan"], dependencies: { "x-inner": "*" } }, ...beside };
  const cwd = project({ ...files, ...broken, ...presets, "node_modules/unrelated/package.json": { name: "unrelated" } });
  const { status, out } = await run(["plugins"], cwd);
  t.regex(out, /^x-vae {2}1\.2\.3 {2}vae {2}works with core \*\n {2}beta {2}4 {2}a number above 0\n {6}Weight of it\.$/m);
  t.regex(out, /^x-broken {2}0\.1\.0\n {2}cannot be used: x-broken is no plugin: its default export is 7\./m);
  t.is(status, 0);
  const listed = JSON.parse((await run(["plugins", "--json"], cwd)).out) as readonly { readonly name: string; readonly kind?: string }[];
  const names = listed.map(({ name }) => name);
  t.deepEqual(names.filter((name) => !name.startsWith("@idgan/")), ["eager", "x-broken", "x-data", "x-gan", "x-inner", "x-vae"]);
  // What stands beside core is found by a config anywhere, and so it is listed anywhere.
  t.is(names.length, 6 + pluginFolders(tmpdir()).length);
});

test("the bash completion completes commands and options", async (t) => {
  const { out } = await run(["completion", "bash"], tmpdir());
  const cwd = project({ "complete.sh": `${out}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _idgan; echo "\${COMPREPLY[@]}"` });
  const complete = async (...words: string[]) => {
    const child = spawn("bash", [join(cwd, "complete.sh"), ...words]);
    let said = "";
    child.stdout.on("data", (data: Buffer) => (said += data.toString()));
    await once(child, "close");
    return said.trim();
  };
  t.is(await complete("idgan", "tr"), "train traverse");
  t.is(await complete("idgan", "train", "--s"), "--set --seed");
  t.is(await complete("idgan", "train", "quick"), "");
  t.regex((await run(["completion", "fish"], tmpdir())).out, /^complete -c idgan -n '__fish_seen_subcommand_from train' -l resume -d /m);
});

test("the first signal asks for a stop, and the second one stops", async (t) => {
  const script = `import { interruptible } from ${JSON.stringify(new URL("interrupt.js", import.meta.url).href)};
const ask = (signal) => new Promise((done) => { console.log("ready"); setTimeout(done, 20_000); signal.addEventListener("abort", () => { console.log("asked"); if (process.argv[2] === "obey") done("saved"); }); });
console.log(await interruptible(ask, (text) => console.error(text)));
process.exit(75);`;
  const cwd = project({ "script.mjs": script });
  const play = async (manner: string, signal: NodeJS.Signals = "SIGTERM") => {
    const child = spawn(process.execPath, [join(cwd, "script.mjs"), manner]);
    // A child that obeys gets one signal: a second one, sent while it saves, would rightly end it.
    const answers = manner === "obey" ? /ready\n$/ : /(ready|asked)\n$/;
    let out = "";
    child.stdout.on("data", (data: Buffer) => {
      out += data.toString();
      if (answers.test(out)) child.kill(signal);
    });
    const [status] = (await once(child, "close")) as [number | null];
    return { status, out };
  };
  t.deepEqual(await play("obey"), { status: 75, out: "ready\nasked\nsaved\n" });
  t.deepEqual(await play("obey", "SIGHUP"), { status: 75, out: "ready\nasked\nsaved\n" });
  t.deepEqual(await play("stall"), { status: 143, out: "ready\nasked\n" });
});

test("a command that was never built says how to build it", async (t) => {
  const cwd = project({ "package.json": { type: "module" } });
  cpSync(bin, join(cwd, "bin/idgan.js"));
  const { status, error } = await run(["--help"], cwd, {}, join(cwd, "bin/idgan.js"));
  t.is(error, "error: idgan is not built yet. In the folder of the repository, run: npm run setup\n");
  t.is(status, 1);
});
