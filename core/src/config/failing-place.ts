import { spawnSync } from "node:child_process";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf } from "../contract/error.js";

/** Where in `file` an error arose while it was imported: `/path/of/it.js:12`; nothing where it arose elsewhere. */
function failingPlace(error: unknown, file: string): string | undefined {
  return placeIn(error instanceof Error ? (error.stack ?? "") : "", file) ?? (error instanceof SyntaxError ? placeIn(checkSyntax(file), file) : undefined);
}

/** What went wrong, and where in the file if that is known: a sentence without its full stop. */
export function describeFailure(error: unknown, file: string): string {
  const place = failingPlace(error, file);
  return `${messageOf(error).replace(/\.$/, "")}${place === undefined ? "" : `, at ${place}`}`;
}

/** What to do where a file is a module and Node takes it for CommonJS, as `npm init` has it: it writes `"type": "commonjs"`. Nothing where that is not the cause. */
export function commonJsRemedy(error: unknown, file: string): string | undefined {
  const isModule = error instanceof SyntaxError && extname(file) === ".js" && /outside a module|Unexpected token 'export'|bodies of modules/.test(error.message);
  return isModule ? "Node takes the project's .js files for CommonJS: run `npm pkg set type=module` there, or rename the file to .mjs." : undefined;
}

function placeIn(text: string, file: string): string | undefined {
  for (const name of [pathToFileURL(file).href, file]) {
    const at = text.indexOf(`${name}:`);
    const line = at < 0 ? null : /^\d+/.exec(text.slice(at + name.length + 1));
    if (line !== null) {
      return `${file}:${line[0]}`;
    }
  }
  return undefined;
}

/** The stack of a module's SyntaxError does not say where it is; Node's own check does. It runs nothing of the file. */
function checkSyntax(file: string): string {
  return spawnSync(process.execPath, ["--check", file], { encoding: "utf8", timeout: 10_000 }).stderr ?? "";
}
