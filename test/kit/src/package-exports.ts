import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Conditions under which Node imports a module, and TypeScript its declarations. */
const ofNode: ReadonlySet<string> = new Set(["node", "import", "module-sync", "default"]);
const ofTypeScript: ReadonlySet<string> = new Set([...ofNode, "types"]);

/** What `"exports"` gives for the package's own name, in any of its forms: a path, conditions, or subpaths with a ".". */
export interface MainExport {
  /** Path of the module that Node imports. */
  readonly module: string | undefined;
  /** Path that TypeScript meets first: declarations, or a module that may have some beside it. */
  readonly typed: string | undefined;
  /** Path under the condition "types", wherever it stands. */
  readonly types: string | undefined;
}

export function mainExportOf(exports: unknown): MainExport {
  const bySubpath = isObject(exports) && Object.keys(exports).some((key) => key.startsWith("."));
  const target = bySubpath ? exports["."] : exports;
  return { module: under(target, ofNode), typed: under(target, ofTypeScript), types: typesIn(target) };
}

/** The declarations that TypeScript looks for beside a module: `dist/index.d.ts` of `dist/index.js`. */
export function declarationsOf(module: string): string {
  return module.replace(/\.([mc]?)js$/, ".d.$1ts");
}

/** The first file of declarations that `"files"` packs. */
export function packedDeclarations(dir: string, files: readonly string[]): string | undefined {
  const places = files.map((entry) => entry.replace(/(\/\*+)+(\.[\w.]+)?$/, "").replace(/^\.?\//, "")).filter((entry) => existsSync(join(dir, entry)));
  const names = places.flatMap((entry) => (statSync(join(dir, entry)).isDirectory() ? readdirSync(join(dir, entry), { recursive: true, encoding: "utf8" }).map((name) => join(entry, name)) : [entry]));
  return names.find((name) => /\.d\.[mc]?ts$/.test(name) && !name.includes("node_modules"));
}

/** The TypeScript that a module was written in, beside it or in `src`. */
export function sourceOf(dir: string, module: string): string | undefined {
  const source = module.replace(/^.*\//, "").replace(/\.([mc]?)js$/, ".$1ts");
  return [module.replace(/[^/]+$/, source), join("src", source), source].find((path) => path.endsWith("ts") && existsSync(join(dir, path)));
}

/** Conditions are tried in their order. */
function under(target: unknown, conditions: ReadonlySet<string>): string | undefined {
  if (typeof target === "string") return target;
  if (!isObject(target)) return undefined;
  for (const [condition, inner] of Object.entries(target)) {
    const path = conditions.has(condition) ? under(inner, conditions) : undefined;
    if (path !== undefined) return path;
  }
  return undefined;
}

function typesIn(target: unknown): string | undefined {
  if (!isObject(target)) return undefined;
  for (const [condition, inner] of Object.entries(target)) {
    const path = condition === "types" ? under(inner, ofTypeScript) : ofNode.has(condition) ? typesIn(inner) : undefined;
    if (path !== undefined) return path;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
