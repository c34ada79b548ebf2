// Folders with their parents, made one level at a time: Node's own recursive mkdir never ends under /proc, and says ENOENT for a disk that is read-only.
import { mkdirSync, statSync } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Makes a folder and those that it lies in, where they are missing; what the system says of the first that cannot be made is thrown as it is. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (thrown) {
    if (await isFolder(path)) return;
    if (!isParentMissing(thrown, path)) throw thrown;
    await makeFolder(dirname(path));
    await mkdir(path).catch(async (again: unknown) => {
      // Another process may have made it in between.
      if (!(await isFolder(path))) throw again;
    });
  }
}

/** {@link makeFolder} for who cannot wait. */
export function makeFolderSync(path: string): void {
  const isThere = (): boolean => {
    try {
      return statSync(path).isDirectory();
    } catch {
      return false;
    }
  };
  try {
    mkdirSync(path);
  } catch (thrown) {
    if (isThere()) return;
    if (!isParentMissing(thrown, path)) throw thrown;
    makeFolderSync(dirname(path));
    try {
      mkdirSync(path);
    } catch (again) {
      if (!isThere()) throw again;
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then((found) => found.isDirectory(), () => false);
}

/** A root that is not there has no parent to make. */
function isParentMissing(thrown: unknown, path: string): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT" && dirname(path) !== path;
}
