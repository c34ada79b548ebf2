import { existsSync, statSync } from "node:fs";
import { dirname, extname } from "node:path";

/** The folder that a path is, or lies in: what was written there is looked for from it. */
export function folderOf(path: string): string {
  const isFolder = existsSync(path) ? statSync(path).isDirectory() : extname(path) === "";
  return isFolder ? path : dirname(path);
}
