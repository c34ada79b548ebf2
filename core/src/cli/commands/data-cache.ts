import { resolve } from "node:path";
import { IdganError } from "../../contract/error.js";
import { cacheFolder } from "../../data/cache-folder.js";
import { listPrepared, prunePrepared, type PreparedFile } from "../../data/prepared-files.js";
import { counted } from "../counted.js";
import { renderTable } from "../table.js";

interface CacheOptions {
  readonly unused?: number;
  readonly json?: boolean;
}

const others = { unfinished: "unfinished", kept: "how far an unfinished one came", other: "damaged, or of another version of idgan" };

/** `idgan data cached [folder]`: every prepared file, how large it is and when it was last used. */
export async function showCached(subject: string | undefined, { json = false }: CacheOptions): Promise<void> {
  const folder = folderOf(subject);
  const files = await listPrepared(folder);
  if (json) process.stdout.write(`${JSON.stringify(files, null, 2)}\n`);
  else process.stdout.write(`${rowsOf(files)}${sumOf(files)} in ${folder}, ${sizeOf(files)}\n`);
}

/** `idgan data prune --unused <days> [folder]`. */
export async function prune(subject: string | undefined, { unused, json = false }: CacheOptions): Promise<void> {
  if (unused === undefined) throw new IdganError("USAGE", "data prune: say with --unused for how many days no run has used what may go, --unused 30. idgan data cached lists what is there.");
  const folder = folderOf(subject);
  const files = await prunePrepared(folder, unused);
  if (json) process.stdout.write(`${JSON.stringify(files, null, 2)}\n`);
  else process.stdout.write(`${rowsOf(files)}${sumOf(files)} deleted from ${folder}, ${sizeOf(files)}\n`);
}

function folderOf(subject: string | undefined): string {
  return subject === undefined ? cacheFolder() : resolve(subject);
}

function rowsOf(files: readonly PreparedFile[]): string {
  const rows = files.map((file) => [new Date(file.used).toISOString().slice(0, 10), sizeOf([file]), whatOf(file)]);
  return rows.length === 0 ? "" : `${renderTable(rows)}\n`;
}

function whatOf({ state, images, source, path }: PreparedFile): string {
  if (state === "whole") return `${counted(images ?? 0, "image")}${source === undefined ? "" : ` of ${source}`}`;
  return `${others[state]}, ${path}`;
}

function sumOf(files: readonly PreparedFile[]): string {
  const whole = files.filter(({ state }) => state === "whole").length;
  return `${counted(whole, "prepared file")}${whole === files.length ? "" : ` and ${counted(files.length - whole, "other")}`}`;
}

function sizeOf(files: readonly PreparedFile[]): string {
  return `${(files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6).toFixed(1)} MB`;
}
