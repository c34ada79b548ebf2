import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import test from "ava";
import { createStream } from "../../ops/random/stream.js";
import { putUnits } from "../unit-pixels.js";
import { unitsProgramSource } from "../units-program.js";
import { decodePlainJpeg } from "./decode-plain.js";
import { jpegProgramSource } from "./program.js";

interface Case {
  readonly what: string;
  readonly width: number;
  readonly height: number;
  readonly file: string;
  /** SHA-256. */
  readonly pixels: string;
}

const most = 1_000_000;
const { cases } = JSON.parse(await readFile(new URL("../../../../test/fixtures/plain_jpeg.json", import.meta.url), "utf8")) as { readonly cases: readonly Case[] };
const fileOf = ({ file }: Case): Buffer => Buffer.from(file, "base64");
const hashOf = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");

test("every plain JPEG comes out as Pillow's libjpeg has it, to the last bit: sampling, quality, restarts, grey, sides of any length", (t) => {
  t.true(cases.length > 30);
  for (const each of cases) {
    const picture = decodePlainJpeg(fileOf(each), most);
    t.deepEqual([picture?.width, picture?.height, picture && hashOf(picture.data)], [each.width, each.height, each.pixels], each.what);
  }
});

test("a JPEG that is cut off anywhere, or larger than was allowed, is left to others", (t) => {
  for (const each of cases.slice(0, 30)) {
    const file = fileOf(each);
    for (let length = 0; length < file.length; length += 7) t.is(decodePlainJpeg(file.subarray(0, length), most), undefined, `${each.what}, ${length} bytes`);
    t.is(decodePlainJpeg(file, each.width * each.height - 1), undefined);
    t.not(decodePlainJpeg(file, each.width * each.height), undefined);
  }
});

test("damaged data change nothing of the pictures after them", (t) => {
  const [first, ...others] = cases as readonly [Case, ...Case[]];
  for (const [i, other] of others.entries()) {
    const file = fileOf(other);
    for (const at of createStream(i, "test/plain-jpeg").integers(0, 20, file.length)) {
      const damaged = Buffer.from(file);
      damaged[at] = 255 - (damaged[at] as number);
      decodePlainJpeg(damaged, most);
    }
    t.is(hashOf((decodePlainJpeg(fileOf(first), most) as { readonly data: Uint8Array }).data), first.pixels);
  }
});

test("levels become quotients by 255, rounded once, at any place and of any number", (t) => {
  for (const [count, at] of [[0, 3], [1, 0], [255, 1], [4096, 0], [4097, 5], [10_000, 2]] as const) {
    const levels = Uint8Array.from({ length: count }, (_, i) => (i * 7) & 255);
    const numbers = new Float32Array(at + count + 1).fill(-1);
    putUnits(levels, numbers, at);
    t.deepEqual(numbers, Float32Array.from({ length: at + count + 1 }, (_, i) => (i < at || i >= at + count ? -1 : (levels[i - at] as number) / 255)), `${count} at ${at}`);
  }
});

test("the programs were made from the texts beside them", async (t) => {
  const text = async (name: string): Promise<string> => (await readFile(new URL(`../../../src/data/${name}`, import.meta.url), "utf8")).replaceAll("\r\n", "\n");
  const jpeg = await Promise.all(["scan", "transform", "colour"].map((name) => text(`jpeg/${name}.as`)));
  t.is(hashOf(Buffer.from(jpeg.join(""))), jpegProgramSource, "run core/src/data/jpeg/write-program.mjs");
  t.is(hashOf(Buffer.from(await text("units.wat"))), unitsProgramSource, "run core/src/data/write-programs.mjs");
});
