import { readdir, stat } from "node:fs/promises";
import { IdganError } from "../contract/error.js";

/** Why no plugin reads what is at `path`, where the reason is that there is nothing. */
export async function missingData(path: string): Promise<IdganError | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return new IdganError("DATA_NOT_FOUND", `There is nothing at ${path}. Check the path.`);
  if (found.isDirectory() && (await readdir(path)).length === 0) return new IdganError("DATA_INVALID", `The folder ${path} is empty. Name one that holds pictures, or a file of arrays.`);
  return found.size === 0 && found.isFile() ? new IdganError("DATA_INVALID", `The file ${path} is empty. Fetch it again, or name another.`) : undefined;
}
