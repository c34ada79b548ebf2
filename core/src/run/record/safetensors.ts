// Reading and writing safetensors files, F32 only: https://github.com/huggingface/safetensors#format
import * as fs from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { IdganError, messageOf } from "../../contract/error.js";
import { type Files, writeAtomically } from "./atomic-write.js";
import { buildHeader, inOrder, invalidFile, longestHeader, parseHeader, type SafetensorsHeader, type TensorRecord, type TensorRecords } from "./safetensors-header.js";

export type { TensorRecord, TensorRecords } from "./safetensors-header.js";

export interface Safetensors {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: TensorRecords;
}

/** The bytes of a file in pieces, the header first; the others are views of the tensors' own memory. */
export function safetensorsParts({ metadata, tensors }: Safetensors): readonly Uint8Array[] {
  return [buildHeader(tensors, metadata), ...inOrder(tensors).map(([, { data }]) => bytesOf(data))];
}

/** Writes the file atomically; throws what the file system threw. */
export async function writeSafetensors(path: string, content: Safetensors, files?: Files): Promise<void> {
  await writeAtomically(path, safetensorsParts(content), files);
}

/** Reads the whole file. Throws `CHECKPOINT_INVALID` for one that breaks the format anywhere. */
export async function readSafetensors(path: string): Promise<Safetensors> {
  return opened(path, async (handle) => {
    const { header, dataStart } = await readHeaderFrom(handle, path);
    const tensors = new Map<string, TensorRecord>();
    for (const { name, shape, begin, end } of header.entries) {
      const data = new Float32Array((end - begin) / 4);
      await fill(handle, bytesOf(data), dataStart + begin, path);
      tensors.set(name, { shape, data });
    }
    return { metadata: header.metadata, tensors };
  });
}

/** Only the header, checked against the length of the file: cheap for a file of any size. */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  return opened(path, async (handle) => (await readHeaderFrom(handle, path)).header);
}

async function opened<Result>(path: string, read: (handle: FileHandle) => Promise<Result>): Promise<Result> {
  let handle: FileHandle | undefined;
  try {
    handle = await fs.open(path, "r");
    return await read(handle);
  } catch (thrown) {
    throw thrown instanceof IdganError ? thrown : invalidFile(path, messageOf(thrown), thrown);
  } finally {
    await handle?.close();
  }
}

async function readHeaderFrom(handle: FileHandle, path: string): Promise<{ header: SafetensorsHeader; dataStart: number }> {
  const { size } = await handle.stat();
  if (size < 8) throw invalidFile(path, `it has ${size} bytes, too few for a safetensors file`);
  const prefix = Buffer.alloc(8);
  await fill(handle, prefix, 0, path);
  const length = prefix.readBigUInt64LE(0);
  if (length > longestHeader) throw invalidFile(path, `it is no safetensors file: its header would have ${length} bytes`);
  const dataStart = 8 + Number(length);
  if (dataStart > size) throw invalidFile(path, `it is truncated: its header has ${length} bytes, and the file ${size}`);
  const json = Buffer.alloc(Number(length));
  await fill(handle, json, 8, path);
  return { header: parseHeader(json, size - dataStart, path), dataStart };
}

/** One read gives at most 2 GiB, and may give less. */
async function fill(handle: FileHandle, target: Uint8Array, position: number, path: string): Promise<void> {
  const most = 2 ** 30;
  for (let done = 0; done < target.length; ) {
    const { bytesRead } = await handle.read(target, done, Math.min(most, target.length - done), position + done);
    if (bytesRead === 0) throw invalidFile(path, `it ended at byte ${position + done} while it was read`);
    done += bytesRead;
  }
}

function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
