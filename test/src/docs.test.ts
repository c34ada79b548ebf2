import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describeOptions, resolveRun, silentReporter, train, type Plugin } from "@idgan/core";
import { dataChecks, ganChecks, metricsChecks, packageChecks, tapChecks, vaeChecks, type Check } from "@idgan/testkit";
import test from "ava";
import { readHelpTexts } from "./docs/command-page.js";
import { createExampleFolder, removeExampleFolder, smallestSettings, writeExamples, type Example } from "./docs/example-folder.js";
import { blocksOf, brokenLinks, readPages } from "./docs/markdown.js";
import { unknownNames } from "./docs/named-things.js";
import { importPlugins } from "./docs/plugin-page.js";
import { referencePages } from "./docs/reference-pages.js";
import { parseSource, root } from "./source-tree.js";

const run = promisify(execFile);
const pages = readPages();
const folder = createExampleFolder();
const examples = writeExamples(folder, pages);
test.after.always(() => removeExampleFolder(folder));

const isTyped = ({ block }: Example) => block.language === "ts";
const isDefault = ({ block }: Example) => /^export default /m.test(block.text);
const isConfig = (example: Example) => isDefault(example) && /^export default defineConfig\(/m.test(example.block.text);
const plugins = examples.filter((example) => isDefault(example) && !isConfig(example));
const configs = examples.filter(isConfig);
/** Test files for a runner that starts them itself, and that need not be installed here. */
const isForeign = ({ block }: Example) => parseSource(block.page, block.text).imports.some(({ specifier }) => specifier === "ava" || specifier === "vitest");
const programs = examples.filter((example) => !isDefault(example) && !isForeign(example));

for (const { name, render } of referencePages) {
  test(`docs/reference/${name} says what the code says (node test/docs/write-reference.mjs writes it)`, async (t) => {
    t.is(readFileSync(join(root, "docs/reference", name), "utf8"), await render());
  });
}

test("every link of the documentation leads to a file, and to a heading of it", (t) => {
  t.true(pages.length > 20);
  t.deepEqual(pages.flatMap(brokenLinks), []);
});

test("every command, option, config key and error code that the documentation names exists", async (t) => {
  const vocabulary = { helpTexts: await readHelpTexts(), plugins: await importPlugins() };
  t.deepEqual(pages.flatMap((page) => unknownNames(page, vocabulary)), []);
});

test("a wrong link, command, option, key or code is found", async (t) => {
  const vocabulary = { helpTexts: await readHelpTexts(), plugins: await importPlugins() };
  const wrong = ["`idgan trian x`", "    npx idgan sample runs/x --cuont 3", "`--set vae.lantentDim=3`", "`synthesise.idweight`", "`TRACE_RAED`"].join("\n\n");
  t.deepEqual(unknownNames({ path: "README.md", text: wrong }, vocabulary).map((fault) => fault.replace("README.md: ", "")).toSorted(), [
    "--set vae.lantentDim",
    "TRACE_RAED",
    "idgan sample --cuont",
    "idgan trian",
    "synthesise.idweight",
  ]);
  const links = "[a](docs/nowhere.md) [b](docs/reference/errors.md#no_such_code) [c](docs/reference/errors.md#usage) [d](https://example.org) `[e](nowhere)`";
  t.deepEqual(brokenLinks({ path: "README.md", text: links }), ["README.md -> docs/nowhere.md", "README.md -> docs/reference/errors.md#no_such_code"]);
});

test("README.md begins with two commands of one line each, scripts of package.json", (t) => {
  const readme = pages.find(({ path }) => path === "README.md");
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly scripts: Readonly<Record<string, string>> };
  const [first, second] = (readme ? blocksOf(readme) : []).filter(({ language }) => language === "sh").map(({ text }) => text);
  for (const text of [first, second]) {
    const script = /^npm (?:run )?(\w+)\n$/.exec(text ?? "")?.[1] ?? "";
    t.true(script in scripts, `${JSON.stringify(text)} is no single script of package.json`);
  }
});

test("every JSON block is JSON", (t) => {
  for (const { text, page, line } of pages.flatMap(blocksOf).filter(({ language }) => language === "json")) {
    t.notThrows(() => JSON.parse(text) as unknown, `${page}:${line}`);
  }
});

test("the README of every plugin lists its options with their defaults", async (t) => {
  for (const { folder: path, plugin } of await importPlugins()) {
    const readme = pages.find((page) => page.path === join(path, "README.md"));
    const rows = [...(readme?.text ?? "").matchAll(/^\| `(\w+)` \| (?:`([^`]*)`|–) \|/gm)].map(([, key, fallback]) => [key, fallback]);
    t.deepEqual(rows, describeOptions(plugin.options).map(({ key, default: fallback }) => [key, fallback === undefined ? undefined : JSON.stringify(fallback)]), path);
  }
});

test("the documentation shows configs, plugins of five kinds and programs", async (t) => {
  t.true(configs.length > 5 && programs.length > 4);
  const kinds = await Promise.all(plugins.map(async (example) => (await importPlugin(example)).kind));
  t.deepEqual([...new Set(kinds)].toSorted(), ["data", "gan", "metrics", "tap", "vae"]);
});

test("every name that an example imports from a package of idgan is exported there", async (t) => {
  for (const { block, place } of examples) {
    for (const { specifier, clause } of parseSource(block.page, block.text).imports.filter(({ specifier: from }) => from.startsWith("@idgan/"))) {
      const exported = Object.keys((await import(specifier)) as object);
      const names = (/\{([^}]*)\}/.exec(clause)?.[1] ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "" && !name.startsWith("type "));
      t.deepEqual(names.filter((name) => !exported.includes(name)), [], `${place}, from ${specifier}`);
    }
  }
});

for (const example of configs) {
  test(`the config ${example.place} resolves`, async (t) => {
    const { config } = await resolveRun({ config: example.file, cwd: dirname(example.file) });
    t.true(Object.isFrozen(config));
  });
}

for (const example of plugins) {
  test(`the plugin ${example.place} passes the conformance kit`, async (t) => {
    for (const check of checksOf(await importPlugin(example))) await check.run();
    t.pass();
  });
}

test("the guide's own plugins train together", async (t) => {
  const { file } = configs.find(({ block }) => block.page === "docs/guides/write-a-plugin.md") as Example;
  const resolved = await resolveRun({ config: file, cwd: dirname(file), set: [...smallestSettings, "taps=[{\"use\":\"./warm-up.js\"},{\"use\":\"./contrast.js\"}]"] });
  const { directory } = await train(resolved, { out: join(dirname(file), "run"), resume: false, reporter: silentReporter, signal: new AbortController().signal });
  t.regex(readFileSync(join(directory, "events.jsonl"), "utf8"), /"discriminator\/contrast"/);
});

test("the package that the guide publishes passes the kit, with the README and the licence that it asks for", async (t) => {
  const page = pages.find(({ path }) => path === "docs/guides/write-a-plugin.md");
  const manifest = page && blocksOf(page).find(({ language, text }) => language === "json" && text.includes('"idgan-plugin"'))?.text;
  const { name } = JSON.parse(manifest ?? "{}") as { readonly name: string };
  const [, install = ""] = new RegExp(`\`(npm install [^\`]*${name})\``).exec(page?.text ?? "") ?? [];
  const module = plugins.find(({ file }) => basename(file) === "dense-vae.js") as Example;
  const place = join(folder, "published");
  mkdirSync(place);
  writeFileSync(join(place, "package.json"), manifest ?? "");
  writeFileSync(join(place, "README.md"), `# ${name}\n\n    ${install}\n`);
  writeFileSync(join(place, "LICENSE"), "MIT");
  writeFileSync(join(place, "dense-vae.js"), module.block.text.replace('name: "./dense-vae.js"', `name: "${name}"`));
  const { default: published } = (await import(pathToFileURL(join(place, "dense-vae.js")).href)) as { readonly default: Plugin };
  for (const check of packageChecks(place, published)) await t.notThrowsAsync(check.run(), check.title);
});

test("every program runs as it is written", async (t) => {
  await compile(programs.filter(isTyped));
  const files = programs.map((example) => [example.place, pathToFileURL(example.file.replace(/\.ts$/, ".js")).href] as const);
  const runner = join(folder, "run-all.mjs");
  writeFileSync(runner, `for (const [place, file] of ${JSON.stringify(files)}) {\n  await import(file).catch((error) => {\n    console.error(place, error);\n    process.exit(1);\n  });\n}\n`);
  await t.notThrowsAsync(run(process.execPath, [runner], { cwd: folder }));
});

/** Checks the types as strictly as the workspace's own, and writes JavaScript beside each file. */
async function compile(typed: readonly Example[]): Promise<void> {
  const config = { extends: join(root, "tsconfig.base.json"), compilerOptions: { composite: false, declaration: false, declarationMap: false, sourceMap: false }, files: typed.map(({ file }) => file) };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder]).catch((error: unknown) => {
    throw new Error(`The typed examples do not compile: ${String((error as { readonly stdout?: string }).stdout)}`, { cause: error });
  });
}

async function importPlugin({ file }: Example): Promise<Plugin> {
  const module = (await import(pathToFileURL(file).href)) as { readonly default: Plugin };
  return module.default;
}

function checksOf(plugin: Plugin): readonly Check[] {
  switch (plugin.kind) {
    case "vae":
      return vaeChecks(plugin);
    case "gan":
      return ganChecks(plugin);
    case "data":
      return dataChecks(plugin, {});
    case "tap":
      return tapChecks(plugin);
    case "metrics":
      return metricsChecks(plugin);
    case "engine":
      throw new Error(`${basename(plugin.name)} is of kind ${plugin.kind}, which no page shows yet.`);
  }
}
