import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Files of a package by path; the manifest as an object. */
export interface PackageFiles {
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string>>;
}

const goodModule = `export default { kind: "vae", name: "@someone/plugin-good" };\n`;

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
    "dist/index.js": goodModule,
    "README.md": "# @someone/plugin-good\n\n```sh\npnpm add @someone/plugin-good\n```\n",
  },
};

/** The good package with one fault each. */
export const brokenPackages: readonly { readonly fault: string; readonly fails: string; readonly files: PackageFiles }[] = [
  manifest("bears another name", "by the plugin's name", { name: "@someone/plugin-other" }, { "README.md": "pnpm add @someone/plugin-other" }),
  manifest("has no keyword", "the keyword", { keywords: ["gan"] }),
  manifest("depends on core", "as peers", { dependencies: { "@idgan/core": "^0.1.0" } }),
  manifest("has no peers", "as peers", { peerDependencies: {} }),
  manifest("exports code that is not there", "its types first", { exports: { ".": { types: "./dist/index.d.ts", default: "./lib/index.js" } } }),
  manifest("exports its types last", "its types first", { exports: { ".": { default: "./dist/index.js", types: "./dist/index.d.ts" } } }),
  manifest("exports nothing by its own name", "its types first", { exports: { "./plugin": "./dist/index.js" } }),
  manifest("packs types that it does not export", "its types first", { exports: "./dist/main.js" }, { "dist/main.js": goodModule }),
  manifest("is written in TypeScript and packs no types", "its types first", { exports: { default: "./main.js" }, files: ["main.js"] }, { "main.js": goodModule, "main.ts": goodModule }),
  manifest("exports the plugin by name only", "its types first", {}, { "dist/index.js": `export const plugin = { kind: "vae" };\n` }),
  manifest("packs everything", "which files", { files: undefined }),
  manifest("has no licence", "its licence", { license: undefined }),
  manifest("does not say how to install it", "the line that installs", {}, { "README.md": "# @someone/plugin-good\n" }),
];

/** Other ways to write the good one. */
export const otherPackages: readonly { readonly fault: string; readonly fails: undefined; readonly files: PackageFiles }[] = [
  manifest("exports a path, with its types beside it", "", { exports: "./dist/index.js" }),
  manifest("exports conditions", "", { exports: { types: "./dist/index.d.ts", default: "./dist/index.js" } }),
  manifest("exports conditions inside conditions", "", { exports: { ".": { import: { types: "./dist/index.d.ts", default: "./dist/index.js" }, require: "./dist/index.cjs" }, "./package.json": "./package.json" } }),
  manifest("is plain JavaScript without types", "", { exports: "./main.js", files: ["main.js"] }, { "main.js": goodModule }),
].map((written) => ({ ...written, fails: undefined }));

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
