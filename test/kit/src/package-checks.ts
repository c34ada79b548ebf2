import type { Plugin } from "@idgan/core";
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createCheck, type Check } from "./check.js";
import { declarationsOf, mainExportOf, packedDeclarations, sourceOf } from "./package-exports.js";

interface Manifest {
  readonly name?: string;
  readonly license?: string;
  readonly type?: string;
  readonly keywords?: readonly string[];
  readonly exports?: unknown;
  readonly files?: readonly string[];
  readonly engines?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Packages of which a run must have one copy: two cores have two tables of hooks, two tfjs two tapes. */
const shared = ["@idgan/core", "@tensorflow/tfjs"] as const;

/** What the package of a plugin promises to who installs it; `dir` holds its package.json. */
export function packageChecks(dir: string, plugin: Plugin): readonly Check[] {
  const check = (title: string, body: (manifest: Manifest) => Promise<void> | void) => createCheck(title, () => body(readManifest(dir)));
  return [
    check("is a package by the plugin's name", ({ name }) => assert.equal(name, plugin.name, "package.json and the plugin bear different names.")),
    check("is found by the keyword idgan-plugin", ({ keywords }) => assert.ok(keywords?.includes("idgan-plugin"), "package.json has no keyword idgan-plugin.")),
    check("takes core and tfjs from its user as peers", ({ dependencies, peerDependencies }) => {
      for (const name of shared) {
        assert.equal(dependencies?.[name], undefined, `${name} is a dependency; a run would hold two of it. Make it a peer.`);
      }
      assert.ok(peerDependencies?.["@idgan/core"], "peerDependencies does not name @idgan/core.");
    }),
    check("exports the plugin as default, and its types first where it has any", async ({ exports, type, files }) => {
      assert.equal(type, "module", `"type" is ${type}; plugins are ES modules.`);
      const { module, typed, types } = mainExportOf(exports);
      assert.ok(module !== undefined, `package.json exports no module by the package's own name. Write "exports": "./index.js", or { ".": "./index.js", … }.`);
      assert.ok(existsSync(resolve(dir, module)), `package.json exports ${module}, which is not there; build first.`);
      if (types === undefined) expectNoTypes(dir, module, files ?? []);
      else {
        assert.equal(typed, types, `"types" must be the first condition of its exports, or TypeScript does not see it.`);
        assert.ok(existsSync(resolve(dir, types)), `package.json exports the types ${types}, which are not there; build first.`);
      }
      const loaded = (await import(pathToFileURL(resolve(dir, module)).href)) as { readonly default?: Plugin };
      assert.ok(loaded.default, "The module has no default export.");
      assert.deepEqual([loaded.default.kind, loaded.default.name], [plugin.kind, plugin.name], "The default export is another plugin.");
    }),
    check("says which files it packs", ({ files }) => assert.ok(files && files.length > 0, `package.json has no "files", so npm would pack tests and sources.`)),
    check("names its licence and the Node that it needs", ({ license, engines }) => {
      assert.ok(license, "package.json has no license.");
      assert.ok(engines?.["node"], "package.json has no engines.node.");
    }),
    check("has a README with the line that installs it", ({ name = "" }) => {
      const path = join(dir, "README.md");
      assert.ok(existsSync(path), `${path} is missing.`);
      const line = new RegExp(`^\\s*(npm (i|install)|pnpm add|yarn add)\\b.*${name.replaceAll(/[/.]/g, "\\$&")}(\\s|@|$)`, "m");
      assert.match(readFileSync(path, "utf8"), line, `README.md has no line such as "pnpm add ${name}".`);
    }),
  ];
}

/** A plugin in plain JavaScript needs none; one that has types would keep them to itself. */
function expectNoTypes(dir: string, module: string, files: readonly string[]): void {
  if (existsSync(resolve(dir, declarationsOf(module)))) return;
  const advice = `TypeScript would find no types: add "types" as the first condition of the exports, or put ${declarationsOf(module)} beside it.`;
  const packed = packedDeclarations(dir, files);
  assert.ok(packed === undefined, `The package packs ${packed}, and exports ${module} without its types. ${advice}`);
  const source = sourceOf(dir, module);
  assert.ok(source === undefined, `${module} is written in TypeScript, ${source}, and exported without types. ${advice}`);
}

function readManifest(dir: string): Manifest {
  return JSON.parse(readFileSync(join(dir, "package.json"), "utf8")) as Manifest;
}
