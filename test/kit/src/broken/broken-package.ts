import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Files of a package by path; the manifest as an object. */
export interface PackageFiles {
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string>>;
}

/** A package whose default export is a plugin of this name. */
export const goodPackage: PackageFiles = {
  manifest: {
    name: "@someone/plugin-good",
    license: "MIT",
    type: "module",
    keywords: ["idgan-plugin"],
    engines: { node: ">=20.19" },
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
    files: ["dist"],
    peerDependencies: { "@idgan/core": "^0.1.0", "@tensorflow/tfjs": "^4.22.0" },
  },
  files: {
    "dist/index.d.ts": "export {};\n",
    "dist/index.js": `export default { kind: "vae", name: "@someone/plugin-good" };\n`,
    "README.md": "# @someone/plugin-good\n\n```sh\npnpm add @someone/plugin-good\n```\n",
  },
};

/** The good package with one fault each. */
export const brokenPackages: readonly { readonly fault: string; readonly fails: string; readonly files: PackageFiles }[] = [
  manifest("bears another name", "by the plugin's name", { name: "@someone/plugin-other" }, { "README.md": "pnpm add @someone/plugin-other" }),
  manifest("has no keyword", "the keyword", { keywords: ["gan"] }),
  manifest("depends on core", "as peers", { dependencies: { "@idgan/core": "^0.1.0" } }),
  manifest("has no peers", "as peers", { peerDependencies: {} }),
  manifest("exports code that is not there", "exports its types", { exports: { ".": { types: "./dist/index.d.ts", default: "./lib/index.js" } } }),
  manifest("exports its types last", "exports its types", { exports: { ".": { default: "./dist/index.js", types: "./dist/index.d.ts" } } }),
  manifest("exports the plugin by name only", "exports its types", {}, { "dist/index.js": `export const plugin = { kind: "vae" };\n` }),
  manifest("packs everything", "which files", { files: undefined }),
  manifest("has no licence", "its licence", { license: undefined }),
  manifest("does not say how to install it", "the line that installs", {}, { "README.md": "# @someone/plugin-good\n" }),
];

/** Writes a package to a new temporary folder and returns the folder. */
export function writePackage({ manifest: content, files }: PackageFiles): string {
  const dir = mkdtempSync(join(tmpdir(), "idgan-testkit-"));
  mkdirSync(join(dir, "dist"));
  for (const [path, text] of Object.entries({ ...files, "package.json": JSON.stringify(content) })) writeFileSync(join(dir, path), text);
  return dir;
}

function manifest(fault: string, fails: string, change: Readonly<Record<string, unknown>>, files: Readonly<Record<string, string>> = {}) {
  return { fault, fails, files: { manifest: { ...goodPackage.manifest, ...change }, files: { ...goodPackage.files, ...files } } };
}
