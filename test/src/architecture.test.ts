import test from "ava";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { packageRules } from "./package-rules.js";
import { sourceRules, type SourceTree } from "./source-rules.js";
import { parseSource, readPackages, readSources, root } from "./source-tree.js";

const packages = readPackages();
const sources = readSources();

for (const rule of sourceRules) {
  test(rule.title, (t) => t.deepEqual(rule.faults({ sources, packages }), []));
}

for (const rule of packageRules) {
  test(`every package ${rule.title}`, (t) => {
    t.deepEqual(packages.flatMap((pkg) => rule.faults(pkg, packages).map((fault) => `${pkg.folder}: ${fault}`)), []);
  });
}

test("the top level holds the rooms of the house and nothing else", (t) => {
  const ignored = new Set([".git", "node_modules", "runs", ".bench"]);
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !ignored.has(entry.name));
  t.deepEqual(folders.map(({ name }) => name).toSorted(), [".ci", "core", "docs", "plugins", "presets", "test"]);
});

test("the source tree that the rules look at is the whole workspace", (t) => {
  t.true(packages.length >= 9);
  for (const { folder } of packages) t.true(sources.some(({ path }) => path.startsWith(`${folder}/src/`)), folder);
  t.true(existsSync(join(root, "core/src/contract/error-codes.ts")));
});

/** One breach of each source rule: the rule, and the files that break it. */
const breaches: readonly (readonly [rule: string, files: Readonly<Record<string, string>>])[] = [
  ["a package imports only", { "core/src/run/run.ts": `import plugin from "@idgan/plugin-dcgan";` }],
  ["a package imports only", { "plugins/dcgan/src/index.ts": `export { default } from "@idgan/plugin-betavae";` }],
  ["presets and the conformance kit", { "presets/src/index.ts": `const plugin = await import("@idgan/plugin-dcgan");` }],
  ["inside core an import never", { "core/src/ops/adam.ts": `import type {\n  Hooks,\n} from "../hooks.js";` }],
  ["inside core an import never", { "core/src/config/compose.ts": `import "../cli/train.js";` }],
  ["every file of core", { "core/src/shelf/book.ts": "" }],
  ["a relative import stays", { "plugins/dcgan/src/index.ts": `import { betaVae } from "../../betavae/src/index.js";` }],
  ["every package that a source imports", { "plugins/dcgan/src/index.ts": `import sharp from "lodash";` }],
  ["only ^core\\/src\\/config\\/ sees convict", { "core/src/run/run.ts": `import type { Config } from "convict";` }],
  ["only ^core\\/src\\/(hooks|attribute)", { "core/src/run/run.ts": `import { SyncHook } from "tapable";` }],
  ["only one file sees", { "core/src/run/a.ts": `import { container } from "tsyringe";`, "core/src/run/b.ts": `import { inject, container as box } from "tsyringe";` }],
  ["reflect-metadata is", { "core/src/run/a.ts": `import "reflect-metadata";`, "core/src/run/b.ts": `import "reflect-metadata";` }],
  ["reflect-metadata is", { "core/src/run/a.ts": `import { inject } from "tsyringe";` }],
  ["nothing draws random", { "plugins/dcgan/src/index.ts": "const s = tf.randomNormal([4, 2]);" }],
  ["nothing draws random", { "core/src/run/run.test.ts": "const draw = Math.random;" }],
  ["a file is at most", { "core/src/run/run.ts": "let a;\n".repeat(251) }],
  ["a file is named", { "core/src/run/run-utils.ts": "" }],
  ["a file is named", { "core/src/run/RunState.ts": "" }],
  ["only plugins and configs", { "core/src/run/run.ts": "export default {};" }],
  ["there are no enums", { "core/src/run/run.ts": "export enum Colour { Red }" }],
  ["no comment promises", { "core/src/run/run.ts": "const a = 1; // TODO: b" }],
];

test("each source rule finds its breach", (t) => {
  for (const [title, files] of breaches) {
    const tree: SourceTree = { packages, sources: Object.entries(files).map(([path, text]) => parseSource(path, text)) };
    const rule = sourceRules.find((candidate) => candidate.title.startsWith(title));
    t.is(rule?.faults(tree).length, 1, `"${title}" on ${Object.keys(files).join(", ")}`);
  }
});

test("imports are found in code and not in comments or strings", (t) => {
  const source = parseSource("core/src/run/run.ts", `// import a from "a";\nconst b = 'import c from "c";';\nexport * from "./d.js";\nconst e = await import("e");`);
  t.deepEqual(source.imports.map(({ specifier }) => specifier), ["./d.js", "e"]);
});

test("a dependency on a higher room, a missing README and a plain version are found", (t) => {
  const upward = { folder: "core", manifest: { name: "@idgan/core", devDependencies: { "@idgan/testkit": "workspace:^", convict: "^6.0.0" } } };
  const rule = sourceRules.find(({ title }) => title.startsWith("a package depends"));
  t.is(rule?.faults({ sources: [], packages: [upward, ...packages.filter(({ folder }) => folder !== "core")] }).length, 1);
  const nowhere = { folder: "plugins/nowhere", manifest: { name: "@idgan/plugin-nowhere", dependencies: { "@idgan/core": "workspace:^", convict: "^6.0.0" } } };
  const found = packageRules.filter(({ title }) => !title.startsWith("is built")).filter((packageRule) => packageRule.faults(nowhere, packages).length > 0);
  t.is(found.length, packageRules.length - 1);
});
