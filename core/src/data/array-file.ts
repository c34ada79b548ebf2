import { IdganError } from "../contract/error.js";
import { countOf, headerBytes, readNpyHeader, type NpyHeader } from "./npy-header.js";
import { decodeNumbers } from "./number-type.js";
import { openSourceFile, type SourceFile } from "./source-file.js";
import { readZip, streamEntry, type ZipEntry } from "./zip-archive.js";

/** One array of numbers, read in order: an archive's may be deflated, and larger than memory. */
export interface NumberArray {
  readonly name: string;
  readonly header: NpyHeader;
  /** The bytes of the numbers, in pieces that hold whole runs of `bytes` each, many at a time. Throws `DATA_INVALID` where they are fewer than the shape says, or more. */
  runs(bytes: number): AsyncGenerator<Buffer>;
  /** All numbers, which must be at most `most`. */
  numbers(most: number): Promise<Float64Array>;
}

/** A .npy file, which is one array, or an .npz archive of many. */
export interface ArrayFile {
  readonly source: SourceFile;
  /** Names of the arrays, without `.npy`; a .npy file's own is empty. */
  readonly names: readonly string[];
  /** Throws `DATA_INVALID` where there is no such array, or where it is not of numbers: pickled objects are never read. */
  array(name: string): Promise<NumberArray>;
  close(): Promise<void>;
}

/** Bytes of runs that are handed over at a time. */
const handedBytes = 2 ** 20;

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
  const bytes = countOf(header.shape) * header.type.bytes;
  const runs = async function* (run: number): AsyncGenerator<Buffer> {
    if (bytes % run !== 0) throw new IdganError("INTERNAL", `${label}: ${bytes} bytes are no whole number of runs of ${run}.`);
    const rest = skip(entry === undefined ? source.stream(0, source.bytes) : streamEntry(source, entry), header.offset);
    yield* regroup(rest, run, bytes, label);
  };
  return {
    name,
    header,
    runs,
    async numbers(most) {
      if (countOf(header.shape) > most) throw new IdganError("DATA_INVALID", `The array ${label} has ${countOf(header.shape)} numbers, more than the ${most} that are read at once. Check that it is the right one.`);
      const parts: Float64Array[] = [];
      for await (const part of runs(header.type.bytes)) parts.push(decodeNumbers(part, header.type));
      const whole = new Float64Array(countOf(header.shape));
      let at = 0;
      for (const part of parts) {
        whole.set(part, at);
        at += part.length;
      }
      return whole;
    },
  };
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

async function* skip(pieces: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let left = count;
  for await (const piece of pieces) {
    if (left < piece.length) yield left === 0 ? piece : piece.subarray(left);
    left = Math.max(0, left - piece.length);
  }
}

/** The same bytes in pieces of whole runs. */
async function* regroup(pieces: AsyncIterable<Buffer>, run: number, total: number, label: string): AsyncGenerator<Buffer> {
  const size = Math.max(run, Math.floor(handedBytes / run) * run);
  let block = Buffer.allocUnsafe(Math.min(size, total));
  let filled = 0;
  let done = 0;
  for await (const piece of pieces) {
    if (done + filled + piece.length > total) throw damaged(label, "more");
    for (let at = 0; at < piece.length; ) {
      const taken = piece.copy(block, filled, at);
      filled += taken;
      at += taken;
      if (filled === block.length) {
        done += filled;
        yield block;
        block = Buffer.allocUnsafe(Math.min(size, total - done));
        filled = 0;
      }
    }
  }
  if (done + filled !== total) throw damaged(label, "fewer");
}

function damaged(label: string, how: "more" | "fewer"): IdganError {
  return new IdganError("DATA_INVALID", `The array ${label} has ${how} numbers than its shape says: it is truncated or damaged. Fetch it again.`);
}
