import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, type InstallReporter } from "@idgan/core";
import { findLibraries, type Library } from "./library-folder.js";

type Description = Pick<Library, "release" | "kind" | "from">;

/** `library.json` beside the libraries: what they are, and the bytes of each, so that a folder from which some are gone is told from a whole one. */
interface Card extends Description {
  readonly files: Readonly<Record<string, number>>;
}

/** Fills a draft folder and gives it its name only when all of it is there. */
export async function keepLibrary(folder: string, what: Description, fill: (draft: string) => Promise<void>): Promise<Library> {
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  await makeFolder(draft);
  // Half a library is half a gigabyte that nobody asks for again.
  const { lib } = await fill(draft).then(() => findLibraries(draft)).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true });
    throw error;
  });
  const names = await readdir(lib);
  const files = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await bytesOf(join(lib, name))] as const)));
  await writeFile(join(draft, "library.json"), `${JSON.stringify({ ...what, files } satisfies Card, null, 2)}\n`);
  await rm(folder, { recursive: true, force: true });
  await rename(draft, folder);
  return { ...(await findLibraries(folder)), ...what };
}

/** The libraries that were kept in `folder` before, if all of them are still there. */
export async function keptLibrary(folder: string, reporter: InstallReporter): Promise<Library | undefined> {
  if (!existsSync(join(folder, "library.json"))) return undefined;
  const { files = {}, ...what } = JSON.parse(await readFile(join(folder, "library.json"), "utf8")) as Card;
  const found = await findLibraries(folder).catch(() => undefined);
  const lost = found && (await Promise.all(Object.entries(files).map(async ([name, bytes]) => ((await bytesOf(join(found.lib, name))) === bytes ? [] : [name])))).flat();
  if (found === undefined || lost === undefined || lost.length > 0 || Object.keys(files).length === 0) {
    reporter.note(`TensorFlow ${what.release} (${what.kind}) in ${folder} is not whole${lost?.[0] === undefined ? "" : `: ${lost[0]} is missing or changed`}; it is brought anew`);
    return undefined;
  }
  reporter.note(`TensorFlow ${what.release} (${what.kind}) is there already, from ${what.from}`);
  return { ...found, ...what };
}

/** -1 where there is no such file. */
async function bytesOf(path: string): Promise<number> {
  return stat(path).then(({ size }) => size, () => -1);
}
