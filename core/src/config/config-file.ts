import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { IdganError, messageOf } from "../contract/error.js";
import { commonJsRemedy, describeFailure } from "./failing-place.js";
import { installCommand } from "./install-command.js";
import { describeValue, isPlainObject } from "./json.js";
import { findModule, findPackage, isFilePath, subpathsOf } from "./package-path.js";
import { suggest } from "./suggestion.js";

const extensions = [".js", ".mjs", ".json", ".ts", ".mts"] as const;
const presetPackage = "@idgan/presets";

/** Folder of core itself: what is installed beside it can be found from here when nothing nearer has it. */
export const coreFolder = import.meta.dirname;

/** A config or preset that was found: its file, and how messages call it. */
export interface FoundConfig {
  readonly file: string;
  readonly name: string;
  /** It is a module of a package, so its folder is no place for a user's files. */
  readonly installed: boolean;
}

/** Finds what `idgan train <config|preset>` and `presets: […]` name: a path, a folder with an idgan.config file or a run in it, a package's module, or a bare preset. */
export function findConfig(named: string, folders: readonly string[], wantedBy: string): FoundConfig {
  const [folder = "."] = folders;
  const path = resolve(folder, named);
  if (isFilePath(named) || (extensions as readonly string[]).includes(extname(named)) || (named.includes("/") && existsSync(path))) {
    return { file: configAt(path, wantedBy), name: named, installed: false };
  }
  const specifier = named.includes("/") ? named : `${presetPackage}/${named}`;
  for (const from of [...folders, coreFolder]) {
    const file = findModule(specifier, from);
    if (file !== undefined) {
      return { file, name: `preset ${named}`, installed: true };
    }
  }
  throw new IdganError("CONFIG_FILE", `${wantedBy}: ${missingPreset(named, folders)}`);
}

/** The default export of a module, or the contents of a JSON file. */
export async function readConfigFile({ file, name }: FoundConfig): Promise<Readonly<Record<string, unknown>>> {
  const content = extname(file) === ".json" ? readJson(file, name) : await importDefault(file, name);
  if (!isPlainObject(content)) {
    throw new IdganError("CONFIG_FILE", `${name}: ${file} gives ${describeValue(content)}, not an object. ${extname(file) === ".json" ? "Write { … }." : "Write `export default defineConfig({ … })`."}`);
  }
  if (Object.keys(content).length === 0) {
    throw new IdganError("CONFIG_FILE", `${name}: ${file} is empty. A config or preset sets at least one key.`);
  }
  return content;
}

function configAt(path: string, wantedBy: string): string {
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  const names = [...extensions.map((extension) => `idgan.config${extension}`), "config.json"];
  const found = isFolder ? names.map((name) => join(path, name)).find((file) => existsSync(file)) : findModule(path, "/");
  if (found === undefined) {
    throw new IdganError("CONFIG_FILE", `${wantedBy}: ${isFolder ? `the folder ${path} holds no idgan.config.js, .mjs, .json or .ts, and no config.json of a run` : `there is no file ${path}`}. Check the path.`);
  }
  return found;
}

function missingPreset(named: string, folders: readonly string[]): string {
  const from = folders.join(", ");
  if (named.includes("/")) {
    return `there is no preset ${named}: no such file, and no such module of an installed package, looked for from ${from}.`;
  }
  const root = [...folders, coreFolder].map((folder) => findPackage(presetPackage, folder)).find((each) => each !== undefined);
  if (root === undefined) {
    return `there is no preset ${named}, because ${presetPackage} is not installed, looked for from ${from}. Run: ${installCommand(presetPackage, folders[0])}`;
  }
  const names = subpathsOf(root);
  const near = suggest(named, names);
  return `there is no preset ${named}. ${near === undefined ? `${presetPackage} has: ${names.join(", ")}.` : `Did you mean ${near}?`} ${extname(named) === "" ? `For a config file, write its extension, as in ${named}.js` : `A config file is one of ${extensions.join(", ")}`}.`;
}

function readJson(file: string, name: string): unknown {
  let text: string | undefined;
  try {
    text = readFileSync(file, "utf8");
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (text === undefined) throw new IdganError("CONFIG_FILE", `${name}: ${file} cannot be read: ${messageOf(error)}.`, error);
    const place = placeOf(text, messageOf(error));
    throw new IdganError("CONFIG_FILE", `${name}: ${file} is not JSON: ${place ?? messageOf(error)}.`, error);
  }
}

/** Where JSON.parse gave up, in lines and columns, and why; nothing where it does not say. */
function placeOf(text: string, message: string): string | undefined {
  const position = / at position (\d+)/.exec(message);
  if (position === null) return undefined;
  const before = text.slice(0, Number(position[1]));
  const place = `line ${before.split("\n").length}, column ${before.length - before.lastIndexOf("\n")}`;
  const isTrailingComma = /,\s*$/.test(before) && /^\s*[}\]]/.test(text.slice(before.length));
  return `${isTrailingComma ? "JSON allows no comma after the last entry" : message.slice(0, position.index).replace(/ in JSON$/, "")}, at ${place}`;
}

async function importDefault(file: string, name: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
    return module.default;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_UNKNOWN_FILE_EXTENSION") {
      throw new IdganError("CONFIG_FILE", `${name}: Node ${process.versions.node} does not read ${extname(file)} files. Use Node 22.18 or later, run with NODE_OPTIONS="--import tsx", or write the config as .js.`, error);
    }
    throw new IdganError("CONFIG_FILE", `${name}: ${file} failed while it was loaded: ${describeFailure(error, file)}. ${commonJsRemedy(error, file) ?? "Correct the file; DEBUG=idgan shows the whole stack."}`, error);
  }
}
