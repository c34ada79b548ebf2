// The published dSprites, https://github.com/google-deepmind/dsprites-dataset: one deflated array of 3 GB in an archive of 26 MB. It is inflated once
// into a prepared file of one bit a pixel (378 MB), which every later run reads from its place.
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { cacheFolder, countOf, frameFilePath, IdganError, openArrayFile, openFrameFile, roomFor, writeFrameFile, type ArrayFile, type Factor, type FrameFile, type NumberArray } from "@idgan/core";
import { factors as published } from "./factors.js";
import type { Frames } from "./frames.js";

/** Goes into the fingerprint: raise it when the prepared bytes would change. */
const version = 1;
const size = 64;
const pixels = size * size;
const packedBytes = pixels / 8;

export interface RealFile {
  /** `dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz`. */
  readonly path: string;
  /** Folder of the prepared file; `null` for the system's. */
  readonly cache: string | null;
}

/** The frames of the real file. Throws where it is not found, not dSprites, damaged, or changed while it was read; `factors` are other than dSprites' in tests alone. */
export async function readRealFrames({ path, cache }: RealFile, factors: readonly Factor[] = published): Promise<Frames> {
  const file = await openArrayFile(resolve(path));
  try {
    const fingerprint = `dsprites/${version} bytes=${file.source.bytes} modified=${file.source.modified} path=${file.source.path}`;
    const prepared = frameFilePath(cache ?? cacheFolder(), fingerprint);
    return framesOf((await openFrameFile(prepared, fingerprint)) ?? (await prepare(file, prepared, fingerprint, factors)));
  } finally {
    await file.close();
  }
}

async function prepare(file: ArrayFile, prepared: string, fingerprint: string, factors: readonly Factor[]): Promise<FrameFile> {
  const count = factors.reduce((product, factor) => product * factor.size, 1);
  const images = await expectArray(file, "imgs", [count, size, size], (type) => type === "u1");
  const classes = await expectArray(file, "latents_classes", [count, factors.length], (type) => /^[iu]/.test(type));
  await expectOrder(classes, factors, file.source.path);
  return await writeFrameFile(prepared, { fingerprint, length: packedBytes, frames: count, source: file.source.path }, async ({ append }) => {
    const hash = createHash("sha256");
    for await (const frames of images.runs(pixels)) {
      const packed = pack(frames, file.source.path);
      hash.update(packed);
      await append(packed);
    }
    await file.source.expectUnchanged();
    return hash.digest("hex");
  });
}

async function expectArray(file: ArrayFile, name: string, shape: readonly number[], suits: (type: string) => boolean): Promise<NumberArray> {
  const { header, ...array } = await file.array(name);
  if (header.shape.join() !== shape.join() || !suits(header.type.name) || !header.rowMajor) {
    throw notDsprites(file.source.path, `its array ${name} is [${header.shape.join(", ")}] of ${header.type.name}, and that of dSprites [${shape.join(", ")}]`);
  }
  return { header, ...array };
}

/** Every image's factor values must be those that its index says. */
async function expectOrder(classes: NumberArray, factors: readonly Factor[], path: string): Promise<void> {
  const values = await classes.numbers(countOf(classes.header.shape));
  const expected = new Uint8Array(factors.length);
  for (let row = 0; row < values.length; row += factors.length) {
    for (let column = 0; column < factors.length; column += 1) {
      if (values[row + column] !== expected[column]) {
        throw notDsprites(path, `image ${row / factors.length} has the factor values ${values.subarray(row, row + factors.length).join(", ")}, and in dSprites' order they are ${expected.join(", ")}`);
      }
    }
    advance(expected, factors);
  }
}

/** The next row in dSprites' order: the last factor fastest. */
function advance(values: Uint8Array, factors: readonly Factor[]): void {
  for (let column = values.length - 1; column >= 0; column -= 1) {
    const next = ((values[column] as number) + 1) % (factors[column] as Factor).size;
    values[column] = next;
    if (next !== 0) return;
  }
}

/** Eight pixels a byte, the first in the lowest bit. */
function pack(frames: Buffer, path: string): Uint8Array {
  const packed = new Uint8Array(frames.length / 8);
  for (let i = 0; i < frames.length; i += 1) {
    const pixel = frames[i] as number;
    if (pixel > 1) throw notDsprites(path, `a pixel is ${pixel}, and dSprites' are 0 and 1`);
    packed[i >> 3] = (packed[i >> 3] as number) | (pixel << (i & 7));
  }
  return packed;
}

function framesOf(file: FrameFile): Frames {
  return {
    size,
    real: true,
    fingerprint: `dsprites/${version} ${String(file.extra)}`,
    async read(indices, into) {
      const packed = await file.read(indices);
      const masks = roomFor(packed.length * 8, into);
      for (let i = 0; i < masks.length; i += 1) masks[i] = ((packed[i >> 3] as number) >> (i & 7)) & 1;
      return masks;
    },
    close: file.close,
  };
}

function notDsprites(path: string, what: string): IdganError {
  return new IdganError("DATA_INVALID", `${path} is not dSprites: ${what}. Set \`path\` to dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz, or to null for rendered sprites.`);
}
