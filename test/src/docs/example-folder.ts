import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { readPackages, root } from "../source-tree.js";
import { blocksOf, type Block, type Page } from "./markdown.js";

/** A complete module of the documentation, written to disk. */
export interface Example {
  readonly block: Block;
  readonly file: string;
  /** `README.md:40`, for titles and messages. */
  readonly place: string;
}

/** What a run costs where only its code is of interest. */
const smallest = {
  vae: { size: 8, latentDim: 3 },
  gan: { size: 8, nuisanceDim: 2 },
  represent: { steps: 2, batch: 4 },
  synthesise: { steps: 2, batch: 4 },
} as const;

/** The same as `--set` values. */
export const smallestSettings: readonly string[] = Object.entries(smallest).flatMap(([section, keys]) => Object.entries(keys).map(([key, value]) => `${section}.${key}=${value}`));

/** A folder outside of the workspace in which every package of it is installed, as for a user; the presets there are tiny. */
export function createExampleFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "idgan-docs-"));
  const modules = join(folder, "node_modules");
  for (const scope of ["@idgan", "@tensorflow", "@types"]) mkdirSync(join(modules, scope), { recursive: true });
  for (const { folder: path, manifest } of readPackages()) {
    if (manifest.name !== "@idgan/presets") symlinkSync(join(root, path), join(modules, manifest.name));
  }
  for (const name of ["@tensorflow/tfjs", "@types/node"]) symlinkSync(join(root, "node_modules", name), join(modules, name));
  writePresets(join(modules, "@idgan/presets"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "idgan-docs-examples", private: true, type: "module" }));
  // What a reader has built, where an example imports it.
  mkdirSync(join(folder, "dist"));
  writeFileSync(join(folder, "dist/index.js"), `export { referenceVae as default } from "@idgan/testkit";\n`);
  return folder;
}

export function removeExampleFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Writes the complete modules of all pages, those with imports, each page's into a folder of its own, beside the named files of pages in the same place. */
export function writeExamples(folder: string, pages: readonly Page[]): readonly Example[] {
  const written = pages.map((page) => ({ page, blocks: blocksOf(page).filter(isModule) })).filter(({ blocks }) => blocks.length > 0);
  return written.flatMap(({ page, blocks }) => {
    const own = join(folder, page.path.replaceAll(/[^\w-]+/g, "-"));
    mkdirSync(own);
    const neighbours = written.filter((other) => other.page !== page && dirname(other.page.path) === dirname(page.path));
    for (const block of neighbours.flatMap((other) => other.blocks).filter(isNamed)) writeFileSync(join(own, nameOf(block)), block.text);
    return blocks.map((block) => {
      const file = join(own, nameOf(block));
      writeFileSync(file, block.text);
      return { block, file, place: `${block.page}:${block.line}` };
    });
  });
}

/** The real presets with tiny sizes under the same names, so that an example that trains `quickstart` runs as it is written. */
function writePresets(folder: string): void {
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "@idgan/presets", type: "module", exports: { "./*": "./*.js" } }));
  const real = join(root, "presets/dist");
  for (const name of readdirSync(real).filter((each) => each.endsWith(".js"))) {
    const merge = "Object.fromEntries(Object.entries(preset).map(([key, value]) => [key, key in smallest ? { ...value, ...smallest[key] } : value]))";
    const source = `import preset from ${JSON.stringify(pathToFileURL(join(real, name)).href)};\nconst smallest = ${JSON.stringify(smallest)};\nexport default ${merge};\n`;
    writeFileSync(join(folder, basename(name)), source);
  }
}

function isModule({ language, text }: Block): boolean {
  return (language === "js" || language === "ts") && /^import /m.test(text);
}

/** Whether the block's first line says a file's name: `// my-loss.js: what it does`. */
function isNamed(block: Block): boolean {
  return /^\/\/ [\w.-]+\.(js|ts)\b/.test(block.text);
}

function nameOf(block: Block): string {
  return isNamed(block) ? (/[\w.-]+\.(js|ts)/.exec(block.text)?.[0] ?? "") : `line-${block.line}.${block.language}`;
}
