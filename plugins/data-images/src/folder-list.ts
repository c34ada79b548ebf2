import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { IdganError, messageOf } from "@idgan/core";
import { isPicture, type PictureList, type PicturePlace } from "./picture-place.js";

/**
 * Every picture in `folder` and below it, sorted by name, code unit by code unit, so that the order is the same on every system.
 * Links are followed, to each folder once; names that begin with a dot are left out; a folder that cannot be read counts as a picture that cannot.
 */
export async function listFolder(folder: string): Promise<PictureList> {
  const visited = new Set<string>();
  const places: PicturePlace[] = [];
  let others = 0;

  const visit = async (path: string, prefix: string): Promise<void> => {
    const real = await realpath(path);
    if (visited.has(real)) return;
    visited.add(real);
    const entries = (await readdir(path, { withFileTypes: true })).filter(({ name }) => !name.startsWith("."));
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const inside = join(path, entry.name);
      const name = prefix + entry.name;
      const found = await stat(inside).catch(() => undefined);
      if (found?.isDirectory()) {
        await visit(inside, `${name}/`).catch((error: unknown) => places.push({ name, path: inside, bytes: 0, modified: 0, fault: messageOf(error) }));
      } else if (isPicture(entry.name) && (found === undefined || found.isFile())) {
        places.push({ name, path: inside, bytes: found?.size ?? 0, modified: found?.mtimeMs ?? 0 });
      } else {
        others += 1;
      }
    }
  };

  await visit(folder, "").catch((error: unknown) => {
    throw new IdganError("DATA_INVALID", `The folder ${folder} cannot be read: ${messageOf(error)}. Check its rights.`, error);
  });
  return { places: places.sort((a, b) => (a.name < b.name ? -1 : 1)), others, notes: [] };
}
