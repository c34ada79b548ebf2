import test from "ava";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors, readSafetensorsHeader, type Safetensors, safetensorsParts, writeSafetensors } from "./safetensors.js";

const folder = await fs.mkdtemp(join(tmpdir(), "idgan-safetensors-"));
test.after.always(async () => fs.rm(folder, { recursive: true }));

let files = 0;
async function fileOf(bytes: Uint8Array): Promise<string> {
  files += 1;
  const path = join(folder, `${files}.safetensors`);
  await fs.writeFile(path, bytes);
  return path;
}

/** A file with this header, unpadded, and this many bytes of data. */
function assembled(header: string, dataBytes: number): Buffer {
  const json = Buffer.from(header);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([prefix, json, Buffer.alloc(dataBytes, 1)]);
}

/** The bits, because NaN and -0 compare too kindly as numbers. */
function bits(data: Float32Array | undefined): Uint32Array | undefined {
  return data && new Uint32Array(data.buffer, data.byteOffset, data.length);
}

const content: Safetensors = {
  metadata: { note: "two tensors", a: "first" },
  tensors: new Map([
    ["b/kernel", { shape: [2, 3], data: Float32Array.from([1, -2, 3.5, Number.NaN, -0, Infinity]) }],
    ["a", { shape: [], data: Float32Array.of(7) }],
    ["10", { shape: [0, 4], data: new Float32Array(0) }],
    ["__proto__", { shape: [1], data: Float32Array.of(1e-40) }],
  ]),
};

test("a round trip gives back every name, shape, bit and metadata, and the same bytes again", async (t) => {
  const path = join(folder, "round.safetensors");
  await writeSafetensors(path, content);
  const read = await readSafetensors(path);
  t.deepEqual(read.metadata, content.metadata);
  t.deepEqual([...read.tensors.keys()], ["10", "__proto__", "a", "b/kernel"]);
  for (const [name, { shape, data }] of content.tensors) {
    t.deepEqual(read.tensors.get(name)?.shape, shape);
    t.deepEqual(bits(read.tensors.get(name)?.data), bits(data));
  }
  const again = join(folder, "again.safetensors");
  await writeSafetensors(again, read);
  t.deepEqual(await fs.readFile(again), await fs.readFile(path));
});

test("the order in which tensors and metadata are given does not change the bytes", (t) => {
  const turned: Safetensors = { metadata: { a: "first", note: "two tensors" }, tensors: new Map([...content.tensors].toReversed()) };
  t.deepEqual(Buffer.concat(safetensorsParts(turned)), Buffer.concat(safetensorsParts(content)));
});

test("the data area begins at a multiple of eight bytes, whatever the names", (t) => {
  for (let length = 1; length < 10; length += 1) {
    const [header] = safetensorsParts({ metadata: {}, tensors: new Map([["n".repeat(length), { shape: [1], data: Float32Array.of(1) }]]) });
    t.is((header?.length ?? 1) % 8, 0);
  }
});

test("only the values of a view are written, not the memory around them", (t) => {
  const around = Float32Array.from([9, 1, 2, 9]);
  const [, data] = safetensorsParts({ metadata: {}, tensors: new Map([["x", { shape: [2], data: around.subarray(1, 3) }]]) });
  t.deepEqual(Buffer.from(data ?? []), Buffer.from(Float32Array.from([1, 2]).buffer));
});

// save({"decoder/bias": float32([0.5, -1.25, 3e-39]), "decoder/kernel": arange(4, dtype=float32).reshape(2, 1, 2), "step": float32(7)},
//      metadata={"format": "np"}) of safetensors.numpy, Python package safetensors 0.8.0.
const python =
  "e8000000000000007b225f5f6d657461646174615f5f223a7b22666f726d6174223a226e70227d2c226465636f6465722f62696173223a7b226474797065223a22463332222c227368617065" +
  "223a5b335d2c22646174615f6f666673657473223a5b302c31325d7d2c226465636f6465722f6b65726e656c223a7b226474797065223a22463332222c227368617065223a5b322c312c325d" +
  "2c22646174615f6f666673657473223a5b31322c32385d7d2c2273746570223a7b226474797065223a22463332222c227368617065223a5b5d2c22646174615f6f666673657473223a5b3238" +
  "2c33325d7d7d2020202020200000003f0000a0bfc8aa2000000000000000803f00000040000040400000e040";

test("a file of Python's safetensors is read, and written again byte for byte", async (t) => {
  const bytes = Buffer.from(python, "hex");
  const read = await readSafetensors(await fileOf(bytes));
  t.deepEqual(read.metadata, { format: "np" });
  t.deepEqual(Object.fromEntries(read.tensors), {
    "decoder/bias": { shape: [3], data: Float32Array.from([0.5, -1.25, 3e-39]) },
    "decoder/kernel": { shape: [2, 1, 2], data: Float32Array.from([0, 1, 2, 3]) },
    step: { shape: [], data: Float32Array.of(7) },
  });
  t.deepEqual(Buffer.concat(safetensorsParts(read)), bytes);
});

test("tensors are read by their offsets, also when the header lists them in another order", async (t) => {
  const path = await fileOf(assembled('{"z":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 8));
  const { entries } = await readSafetensorsHeader(path);
  t.deepEqual(entries.map(({ name }) => name), ["y", "z"]);
});

const one = '"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}';
const broken: readonly (readonly [what: string, bytes: Buffer, message: RegExp])[] = [
  ["an empty file", Buffer.alloc(0), /has 0 bytes/],
  ["a header length beyond the format's", Buffer.from("ffffffffffffff7f00000000", "hex"), /no safetensors file/],
  ["a header longer than the file", assembled(`{${one}}`, 8).subarray(0, 30), /truncated: its header/],
  ["a header that is no JSON", assembled('{"a":', 8), /not JSON/],
  ["a header that is not UTF-8", Buffer.concat([Buffer.from("0200000000000000", "hex"), Buffer.from([0x7b, 0xff])]), /not JSON/],
  ["a header that is a list", assembled("[]", 0), /not a JSON object/],
  ["metadata with a number", assembled('{"__metadata__":{"step":1}}', 0), /table of strings/],
  ["a tensor without a description", assembled('{"a":1}', 0), /no description/],
  ["another dtype", assembled('{"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}', 8), /dtype "BF16", and only F32/],
  ["no dtype", assembled('{"a":{"shape":[2],"data_offsets":[0,8]}}', 8), /dtype undefined/],
  ["a negative length", assembled('{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}', 8), /no valid shape/],
  ["a fractional length", assembled('{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}', 8), /no valid shape/],
  ["one offset", assembled('{"a":{"dtype":"F32","shape":[2],"data_offsets":[8]}}', 8), /no valid offsets/],
  ["offsets turned round", assembled('{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}', 8), /does not fit its -8 bytes/],
  ["a shape that the bytes do not hold", assembled('{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}', 8), /\[3\] does not fit its 8 bytes/],
  ["tensors that overlap", assembled(`{${one},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8), /"b" overlaps/],
  ["a hole between tensors", assembled(`{${one},"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}}`, 16), /4 bytes before "b"/],
  ["the same name twice", assembled(`{${one},"a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}`, 12), /8 bytes before "a"/],
  ["data that ends too soon", assembled(`{${one}}`, 7), /truncated: the header promises 8 bytes of data, and 7/],
  ["data that goes on", assembled(`{${one}}`, 9), /1 bytes follow the last tensor/],
];

for (const [what, bytes, message] of broken) {
  test(`${what} is refused, with the file's name and what to do`, async (t) => {
    const path = await fileOf(bytes);
    const error = await t.throwsAsync(readSafetensors(path), { code: "CHECKPOINT_INVALID", message });
    t.true(error?.message.includes(path));
    t.regex(error?.message ?? "", /Use an earlier checkpoint/);
    await t.throwsAsync(readSafetensorsHeader(path), { code: "CHECKPOINT_INVALID", message });
  });
}

test("a file cut anywhere is refused", async (t) => {
  const whole = Buffer.concat(safetensorsParts(content));
  for (let length = 0; length < whole.length; length += 3) {
    await t.throwsAsync(readSafetensors(await fileOf(whole.subarray(0, length))), { code: "CHECKPOINT_INVALID" });
  }
});

test("a missing file is refused by name", async (t) => {
  await t.throwsAsync(readSafetensors(join(folder, "none.safetensors")), { code: "CHECKPOINT_INVALID", message: /none\.safetensors.*no such file/ });
});

test("a tensor whose values do not fill its shape is not written", (t) => {
  t.throws(() => safetensorsParts({ metadata: {}, tensors: new Map([["x", { shape: [3], data: new Float32Array(2) }]]) }), { code: "INTERNAL" });
});
