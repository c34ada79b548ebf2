// The header of a safetensors file: https://github.com/huggingface/safetensors#format
import { IdganError, messageOf } from "../../contract/error.js";

/** A tensor as it lies on disk, its values in row-major order. */
export interface TensorRecord {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type TensorRecords = ReadonlyMap<string, TensorRecord>;

/** Where one tensor lies, in bytes from the start of the data area. */
export interface TensorEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of their bytes; they fill the data area without a hole. */
  readonly entries: readonly TensorEntry[];
}

const metadataKey = "__metadata__";

/** No header is longer, by the format. */
export const longestHeader = 100_000_000;

/** What to say of a file that cannot be trusted. */
export function invalidFile(file: string, what: string, cause?: unknown): IdganError {
  return new IdganError("CHECKPOINT_INVALID", `${file} cannot be used: ${what}. Use an earlier checkpoint of the same run, or copy the file again.`, cause);
}

/** Length prefix and JSON header, padded with spaces so that the data begins at a multiple of 8 bytes. Equal content gives equal bytes. */
export function buildHeader(tensors: TensorRecords, metadata: Readonly<Record<string, string>>): Uint8Array {
  const described: [string, unknown][] = [];
  const keys = Object.keys(metadata).sort();
  if (keys.length > 0) described.push([metadataKey, Object.fromEntries(keys.map((key) => [key, metadata[key]]))]);
  let begin = 0;
  for (const [name, { shape, data }] of inOrder(tensors)) {
    if (name === metadataKey || sizeOf(shape) !== data.length) {
      throw new IdganError("INTERNAL", `The tensor "${name}" of shape [${shape.join(", ")}] with ${data.length} values cannot be saved.`);
    }
    const end = begin + data.byteLength;
    described.push([name, { dtype: "F32", shape, data_offsets: [begin, end] }]);
    begin = end;
  }
  // Not one object: it would move names that look like integers to the front.
  const json = Buffer.from(`{${described.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`);
  const header = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, " ");
  header.writeBigUInt64LE(BigInt(header.length - 8), 0);
  json.copy(header, 8);
  return header;
}

/** Tensors by name: the order in which they are written. */
export function inOrder(tensors: TensorRecords): readonly (readonly [string, TensorRecord])[] {
  return [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The header without its length prefix, checked against the `dataBytes` that follow it in the file. */
export function parseHeader(bytes: Uint8Array, dataBytes: number, file: string): SafetensorsHeader {
  const { [metadataKey]: metadata = {}, ...tensors } = parseObject(bytes, file);
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) throw invalidFile(file, "its metadata is not a table of strings");
  const entries = Object.entries(tensors).map(([name, value]) => parseEntry(name, value, file));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const entry of entries) {
    if (entry.begin < end) throw invalidFile(file, `the tensor "${entry.name}" overlaps the one before it`);
    if (entry.begin > end) throw invalidFile(file, `no tensor owns the ${entry.begin - end} bytes before "${entry.name}"`);
    end = entry.end;
  }
  if (end > dataBytes) throw invalidFile(file, `it is truncated: the header promises ${end} bytes of data, and ${dataBytes} are there`);
  if (end < dataBytes) throw invalidFile(file, `${dataBytes - end} bytes follow the last tensor`);
  return { metadata: metadata as Record<string, string>, entries };
}

function parseObject(bytes: Uint8Array, file: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (thrown) {
    throw invalidFile(file, `its header is not JSON (${messageOf(thrown)})`, thrown);
  }
  if (!isRecord(parsed)) throw invalidFile(file, "its header is not a JSON object");
  return parsed;
}

function parseEntry(name: string, value: unknown, file: string): TensorEntry {
  if (!isRecord(value)) throw invalidFile(file, `the tensor "${name}" has no description`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (dtype !== "F32") throw invalidFile(file, `the tensor "${name}" has dtype ${JSON.stringify(dtype)}, and only F32 is read`);
  if (!isCounts(shape)) throw invalidFile(file, `the tensor "${name}" has no valid shape`);
  if (!isCounts(offsets) || offsets.length !== 2) throw invalidFile(file, `the tensor "${name}" has no valid offsets`);
  const [begin = 0, end = 0] = offsets;
  if (end - begin !== 4 * sizeOf(shape)) throw invalidFile(file, `the tensor "${name}" of shape [${shape.join(", ")}] does not fit its ${end - begin} bytes`);
  return { name, shape, begin, end };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}
