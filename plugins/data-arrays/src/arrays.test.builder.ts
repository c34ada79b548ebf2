import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { IdganError, type Dataset } from "@idgan/core";
import type { ExecutionContext } from "ava";
import { maskedCrc32c } from "./crc32c.js";
import plugin, { type ArrayImagesOptions } from "./index.js";

/** A folder that is gone after the test, with a place for prepared images in it. */
export async function temporary(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "idgan-arrays-"));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

export interface Opening extends Partial<ArrayImagesOptions> {
  readonly size?: number;
}

/** Opens `path` with the defaults but for `options`; prepared images go into `folder`. */
export async function open(t: ExecutionContext, folder: string, path: string, { size = 4, ...options }: Opening = {}): Promise<Dataset> {
  const defaults = Object.fromEntries(Object.entries(plugin.options).map(([key, option]) => [key, option.default]));
  const dataset = await plugin.open({ ...defaults, path, cache: join(folder, "cache"), ...options } as ArrayImagesOptions, { size, folder, seed: 1 });
  t.teardown(() => dataset.close?.());
  return dataset;
}

/** Writes `bytes` and opens them. */
export async function openBytes(t: ExecutionContext, name: string, bytes: Uint8Array, options: Opening = {}): Promise<Dataset> {
  const folder = await temporary(t);
  await writeFile(join(folder, name), bytes);
  return await open(t, folder, name, options);
}

/** Every image of it. */
export async function all(dataset: Dataset): Promise<Float32Array> {
  return await dataset.batch(Array.from({ length: dataset.size }, (_, i) => i));
}

/** Every image of it, as levels. */
export async function levels(dataset: Dataset): Promise<number[]> {
  return Array.from(await all(dataset), (value) => Math.round(value * 255));
}

/** The error that opening ends with, which must be one of the data or of the config. */
export async function refusal(t: ExecutionContext, opening: Promise<Dataset>, said: RegExp): Promise<void> {
  const error = await t.throwsAsync(opening, { instanceOf: IdganError, message: said });
  t.true(error === undefined || ["DATA_INVALID", "DATA_NOT_FOUND", "CONFIG_VALUE"].includes(error.code));
}

/** A .npy file. */
export function npy(descr: string, shape: readonly number[], data: Uint8Array, order = "False"): Buffer {
  const header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }\n`;
  const head = Buffer.from("\x93NUMPY\x01\x00\0\0", "latin1");
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(header), data]);
}

/** A zip archive whose entries are stored. */
export function zip(files: Readonly<Record<string, Buffer>>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, data] of Object.entries(files)) {
    const shared = Buffer.alloc(26);
    shared.writeUInt32LE(crc32(data), 10);
    shared.writeUInt32LE(data.length, 14);
    shared.writeUInt32LE(data.length, 18);
    shared.writeUInt16LE(name.length, 22);
    locals.push(Buffer.from("PK\x03\x04"), shared, Buffer.from(name), data);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\x01\x02\0\0"), shared, rest, Buffer.from(name));
    offset += 30 + name.length + data.length;
  }
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(directory.reduce((sum, part) => sum + part.length, 0), 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

/** An idx file. */
export function idx(code: number, shape: readonly number[], data: Uint8Array): Buffer {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head[2] = code;
  head[3] = shape.length;
  shape.forEach((side, i) => head.writeUInt32BE(side, 4 + 4 * i));
  return Buffer.concat([head, data]);
}

/** A TFRecord file. */
export function tfrecord(payloads: readonly Buffer[]): Buffer {
  return Buffer.concat(payloads.flatMap((payload) => {
    const head = Buffer.alloc(12);
    head.writeBigUInt64LE(BigInt(payload.length));
    head.writeUInt32LE(maskedCrc32c(head.subarray(0, 8)), 8);
    const tail = Buffer.alloc(4);
    tail.writeUInt32LE(maskedCrc32c(payload));
    return [head, payload, tail];
  }));
}

/** A tf.train.Example of features that are bytes or integers. */
export function example(features: Readonly<Record<string, Buffer | readonly number[]>>): Buffer {
  const entries = Object.entries(features).map(([key, value]) => {
    const list = Buffer.isBuffer(value) ? field(1, field(1, value)) : field(3, field(1, Buffer.concat(value.map(varint))));
    return field(1, Buffer.concat([field(1, Buffer.from(key)), field(2, list)]));
  });
  return field(1, Buffer.concat(entries));
}

function field(number: number, value: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(value.length), value]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : (rest % 128) + 128);
    if (rest < 128) return Buffer.from(bytes);
  }
}
