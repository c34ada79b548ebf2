import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { IdganError, messageOf } from "@idgan/core";

/** A file that by its name is a picture; size and time are 0 where it cannot be reached. */
export interface PictureFile {
  /** From the folder, with `/` on every system. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly modified: number;
}

export interface FileList {
  /** Sorted by name, code unit by code unit, so that the order is the same on every system. */
  readonly pictures: readonly PictureFile[];
  /** Files of other kinds. */
  readonly others: number;
}

const extensions: ReadonlySet<string> = new Set([".png", ".jpg", ".jpeg", ".webp"]);

/** Every picture in `folder` and below it. Links are followed, to each folder once; names that begin with a dot are left out. */
export async function listPictures(folder: string): Promise<FileList> {
  const visited = new Set<string>();
  const pictures: PictureFile[] = [];
  let others = 0;

  const visit = async (path: string, prefix: string): Promise<void> => {
    const real = await realpath(path);
    if (visited.has(real)) return;
    visited.add(real);
    const entries = (await readdir(path, { withFileTypes: true })).filter(({ name }) => !name.startsWith("."));
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const inside = join(path, entry.name);
      const found = await stat(inside).catch(() => undefined);
      if (found?.isDirectory()) {
        await visit(inside, `${prefix}${entry.name}/`);
      } else if (extensions.has(extname(entry.name).toLowerCase()) && (found === undefined || found.isFile())) {
        pictures.push({ name: prefix + entry.name, path: inside, bytes: found?.size ?? 0, modified: found?.mtimeMs ?? 0 });
      } else {
        others += 1;
      }
    }
  };

  await visit(await existing(folder), "").catch((error: unknown) => {
    throw error instanceof IdganError ? error : new IdganError("DATA_INVALID", `The folder ${folder} cannot be read: ${messageOf(error)}.`, error);
  });
  return { pictures: pictures.sort((a, b) => (a.name < b.name ? -1 : 1)), others };
}

async function existing(folder: string): Promise<string> {
  const found = await stat(folder).catch((error: unknown) => {
    throw new IdganError("DATA_NOT_FOUND", `There is no folder ${folder}. Set \`folder\` to where the pictures are.`, error);
  });
  if (!found.isDirectory()) {
    throw new IdganError("DATA_INVALID", `${folder} is no folder. Set \`folder\` to the folder that the pictures are in.`);
  }
  return folder;
}
