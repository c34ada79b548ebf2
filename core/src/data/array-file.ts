import { IdganError } from "../contract/error.js";
import { headerBytes, readNpyHeader } from "./npy-header.js";
import { createNumberArray, type NumberArray } from "./number-array.js";
import { openSourceFile, type SourceFile } from "./source-file.js";
import { readZip, streamEntry, type ZipEntry } from "./zip-archive.js";

/** A .npy file, which is one array, or an .npz archive of many. */
export interface ArrayFile {
  readonly source: SourceFile;
  /** Names of the arrays, without `.npy`; a .npy file's own is empty. */
  readonly names: readonly string[];
  /** Throws `DATA_INVALID` where there is no such array, or where it is not of numbers: pickled objects are never read. */
  array(name: string): Promise<NumberArray>;
  close(): Promise<void>;
}

export async function openArrayFile(path: string): Promise<ArrayFile> {
  const source = await openSourceFile(path);
  try {
    const start = await source.read(0, Math.min(source.bytes, 4));
    const archive = start.toString("latin1").startsWith("PK") ? await readZip(source) : undefined;
    const entries = new Map(archive?.entries.filter(({ name }) => name.endsWith(".npy")).map((entry) => [entry.name.slice(0, -4), entry]));
    if (archive !== undefined && entries.size === 0) {
      throw new IdganError("DATA_INVALID", `${path} is an archive without arrays: no entry ends in .npy. Save arrays with numpy.savez or numpy.savez_compressed.`);
    }
    const names = archive === undefined ? [""] : [...entries.keys()];
    if (archive === undefined) await openArray(source, "", undefined);
    return {
      source,
      names,
      async array(name) {
        if (!names.includes(name)) throw new IdganError("DATA_INVALID", `${path} holds no array "${name}". It holds: ${names.filter((each) => each !== "").join(", ") || "one array without a name"}.`);
        return await openArray(source, name, entries.get(name));
      },
      close: source.close,
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function openArray(source: SourceFile, name: string, entry: ZipEntry | undefined): Promise<NumberArray> {
  const label = entry === undefined ? source.path : `${name} in ${source.path}`;
  const header = readNpyHeader(await startOf(source, entry), label);
  return createNumberArray(name, label, header, () => (entry === undefined ? source.stream(0, source.bytes) : streamEntry(source, entry)));
}

async function startOf(source: SourceFile, entry: ZipEntry | undefined): Promise<Buffer> {
  if (entry === undefined) return await source.read(0, Math.min(source.bytes, headerBytes));
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of streamEntry(source, entry)) {
    pieces.push(piece);
    length += piece.length;
    if (length >= headerBytes) break;
  }
  return Buffer.concat(pieces);
}
