import * as fs from "node:fs/promises";
import { basename, dirname } from "node:path";
import { IdganError, messageOf } from "../../contract/error.js";
import { errnoOf, namesIn, writeAtomically } from "./atomic-write.js";
import { runsInside } from "./runs-inside.js";

/** Reads a file of a run. Throws `RUN_INVALID` where it is missing or damaged. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await fs.readFile(file, "utf8"));
  } catch (thrown) {
    const missing = errnoOf(thrown) === "ENOENT" || errnoOf(thrown) === "ENOTDIR";
    throw new IdganError("RUN_INVALID", missing ? `${file} does not exist, so its folder is no run. ${runsInside(dirname(file)) ?? "Check the path."}` : `${file} cannot be read: ${messageOf(thrown)}.`, thrown);
  }
}

/**
 * Reads a file that is only added to; nothing where there is none. One that is damaged, or not what `isSound` takes, is no reason to stop
 * and none to lose what it held: it is set aside under another name.
 */
export async function readOrSetAside(file: string, warn: (text: string) => void, isSound: (value: unknown) => boolean = () => true): Promise<unknown> {
  const names = await namesIn(dirname(file));
  if (!names.includes(basename(file))) return undefined;
  try {
    const value = await readJson(file);
    if (isSound(value)) return value;
    throw new IdganError("RUN_INVALID", `${file} is JSON, but does not hold what is kept there.`);
  } catch (thrown) {
    let count = 1;
    while (names.includes(`${basename(file)}.damaged-${count}`)) count += 1;
    const aside = `${file}.damaged-${count}`;
    await fs.rename(file, aside);
    warn(`${messageOf(thrown)} It is set aside as ${aside}, and a new one is begun.`);
    return undefined;
  }
}

/** Writes a file of a run, whole or not at all. Throws `RUN_WRITE`. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  try {
    await writeAtomically(file, [`${JSON.stringify(value, null, 2)}\n`]);
  } catch (thrown) {
    throw new IdganError("RUN_WRITE", `${file} could not be written: ${messageOf(thrown)}. Free disk space or correct the folder's rights.`, thrown);
  }
}
