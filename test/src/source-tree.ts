import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the workspace. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The parts of a package.json that the rules speak of. */
export interface Manifest {
  readonly name: string;
  readonly license?: string;
  readonly type?: string;
  readonly private?: boolean;
  readonly keywords?: readonly string[];
  readonly engines?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly files?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A package of the workspace, by its folder from the root: `plugins/dcgan`. */
export interface WorkspacePackage {
  readonly folder: string;
  readonly manifest: Manifest;
}

export interface Import {
  readonly specifier: string;
  /** What stands between `import` and `from`, or nothing. */
  readonly clause: string;
}

/** One source file, by its path from the root. */
export interface Source {
  readonly path: string;
  readonly text: string;
  /** The text without comments and without the insides of strings. */
  readonly code: string;
  readonly imports: readonly Import[];
  /** `x.test.ts`, or what only tests use: `x.test.table.ts`. */
  readonly isTest: boolean;
}

const packageFolders = ["core", ...foldersIn("plugins"), "presets", "test", "test/kit"];

export function readPackages(): readonly WorkspacePackage[] {
  return packageFolders
    .filter((folder) => existsSync(join(root, folder, "package.json")))
    .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest }));
}

export function readSources(): readonly Source[] {
  return packageFolders
    .flatMap((folder) => filesUnder(join(root, folder, "src")))
    .filter((path) => /\.(ts|js|mjs)$/.test(path))
    .map((path) => parseSource(relative(root, path), readFileSync(path, "utf8")));
}

/** A source file as data; separate from the disk, so that the rules can be tried on made-up files. */
export function parseSource(path: string, text: string): Source {
  const uncommented = strip(text, (literal) => (literal.startsWith("`") ? "``" : literal));
  return { path, text, code: strip(text, (literal) => `${literal[0]}${literal.at(-1)}`), imports: importsOf(uncommented), isTest: /\.test(\.[a-z]+)?\.[a-z]+$/.test(path) };
}

/** Comments in the text, each without its marks. */
export function commentsOf(source: Source): readonly string[] {
  return [...source.text.matchAll(tokens)].filter(([token]) => token.startsWith("//") || token.startsWith("/*")).map(([token]) => token);
}

/** The package that a file lies in. */
export function folderOf(path: string): string {
  const parts = path.split("/");
  const inner = parts[0] === "plugins" || (parts[0] === "test" && parts[1] === "kit");
  return parts.slice(0, inner ? 2 : 1).join("/");
}

/** Where a relative import leads, from the root, with the extension of a source. */
export function resolveImport(from: string, specifier: string): string {
  return join(dirname(from), specifier).replace(/\.js$/, ".ts");
}

/** `@scope/name` or `name` of a bare import, `undefined` of a relative or built-in one. */
export function packageNameOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return undefined;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** Strings, templates and comments; a template's `${}` is taken with it, which is enough for what the rules look for. */
const tokens = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;

function strip(text: string, literal: (text: string) => string): string {
  return text.replaceAll(tokens, (token) => (token.startsWith("/") ? "" : literal(token)));
}

function importsOf(text: string): readonly Import[] {
  const statements = /^\s*(?:import|export)\b([^;"']*?)\bfrom\s+["']([^"']+)["']|^\s*import\s+["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;
  return [...text.matchAll(statements)].map(([, clause, from, bare, dynamic]) => ({ clause: clause?.trim() ?? "", specifier: from ?? bare ?? dynamic ?? "" }));
}

function foldersIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${folder}/${entry.name}`);
}

function filesUnder(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && basename(entry.name) !== ".DS_Store")
    .map((entry) => join(entry.parentPath, entry.name));
}
