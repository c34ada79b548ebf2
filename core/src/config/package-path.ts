import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** The parts of a package.json that tell where its modules are, and what it is. */
export interface Manifest {
  readonly name?: string;
  readonly exports?: unknown;
  readonly main?: string;
  readonly version?: string;
  readonly keywords?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Conditions under which Node imports a package; `createRequire` would ask for `require` and refuse packages that are ESM alone. */
const conditions: ReadonlySet<string> = new Set(["node", "import", "module-sync", "default"]);

/** Whether `specifier` is a file's path and not a package's name. */
export function isFilePath(specifier: string): boolean {
  return /^(\.{1,2}$|\.{1,2}[\\/]|[\\/]|[A-Za-z]:[\\/])/.test(specifier);
}

/** The file that `import specifier` gives in a module of `folder`; nothing where the package is not installed or does not export it. */
export function findModule(specifier: string, folder: string): string | undefined {
  if (isFilePath(specifier)) {
    return existingFile(resolve(folder, specifier));
  }
  const name = packageOf(specifier);
  const root = findPackage(name, folder);
  return root === undefined ? undefined : moduleOf(root, `.${specifier.slice(name.length)}`);
}

/** Folder of an installed package as a module of `folder` sees it: in a node_modules above, or the very package that holds the folder. */
export function findPackage(name: string, folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const installed = join(at, "node_modules", name);
    if (existsSync(join(installed, "package.json"))) {
      return realpathSync(installed);
    }
    if (existsSync(join(at, "package.json")) && readManifest(at).name === name) {
      return realpathSync(at);
    }
    if (dirname(at) === at) {
      return undefined;
    }
  }
}

export function readManifest(folder: string): Manifest {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
    // Old packages have their keywords in one string.
    return Array.isArray(manifest.keywords) ? manifest : { ...manifest, keywords: String(manifest.keywords ?? "").split(/[\s,]+/) };
  } catch {
    return {};
  }
}

/** Names of the modules that a package offers under subpaths: `quickstart` of `./quickstart`. */
export function subpathsOf(root: string): readonly string[] {
  const { exports } = readManifest(root);
  const names = Object.entries(exports ?? {}).flatMap(([subpath, target]) => {
    const file = underConditions(target);
    if (file === undefined || !subpath.includes("*")) {
      return [subpath];
    }
    const folder = join(root, dirname(file));
    const [before = "", after = ""] = basename(file).split("*");
    return existsSync(folder) ? readdirSync(folder).filter((each) => each.startsWith(before) && each.endsWith(after)).map((each) => subpath.replace("*", each.slice(before.length, each.length - after.length))) : [];
  });
  return names.filter((name) => /^\.\/[^.]+$/.test(name)).map((name) => name.slice(2)).sort();
}

/** The package of a specifier: `@scope/name` of `@scope/name/module`. */
export function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function moduleOf(root: string, subpath: string): string | undefined {
  const { exports, main } = readManifest(root);
  if (exports === undefined || exports === null) {
    const wanted = subpath === "." ? (main ?? "index.js") : subpath;
    return existingFile(join(root, wanted)) ?? existingFile(join(root, `${wanted}.js`)) ?? existingFile(join(root, wanted, "index.js"));
  }
  const bySubpath = typeof exports === "object" && !Array.isArray(exports) && Object.keys(exports).every((key) => key.startsWith("."));
  const target = targetOf(bySubpath ? (exports as Readonly<Record<string, unknown>>) : { ".": exports }, subpath);
  return target === undefined ? undefined : existingFile(join(root, target));
}

/** The exact subpath, else the longest pattern with a `*` that matches. */
function targetOf(exports: Readonly<Record<string, unknown>>, subpath: string): string | undefined {
  if (Object.hasOwn(exports, subpath)) {
    return underConditions(exports[subpath]);
  }
  const patterns = Object.keys(exports).filter((key) => key.includes("*")).sort((a, b) => b.indexOf("*") - a.indexOf("*"));
  for (const pattern of patterns) {
    const [before = "", after = ""] = pattern.split("*");
    if (subpath.startsWith(before) && subpath.endsWith(after) && subpath.length >= before.length + after.length) {
      const star = subpath.slice(before.length, subpath.length - after.length);
      return underConditions(exports[pattern])?.replaceAll("*", () => star);
    }
  }
  return undefined;
}

function underConditions(target: unknown): string | undefined {
  if (typeof target === "string") {
    return target;
  }
  if (Array.isArray(target)) {
    return target.map(underConditions).find((each) => each !== undefined);
  }
  for (const [condition, next] of Object.entries(target ?? {})) {
    const found = conditions.has(condition) ? underConditions(next) : undefined;
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function existingFile(path: string): string | undefined {
  return existsSync(path) && statSync(path).isFile() ? realpathSync(path) : undefined;
}
