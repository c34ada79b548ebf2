import { decode, encode } from "fast-png";
import { readFile } from "node:fs/promises";
import { IdganError, messageOf } from "../../contract/error.js";
import { writeAtomically } from "../record/atomic-write.js";
import type { Image } from "./image.js";

/** Writes a PNG that is there whole or not at all. */
export async function writePng(path: string, image: Image): Promise<void> {
  try {
    await writeAtomically(path, [encodePng(image)]);
  } catch (thrown) {
    throw new IdganError("RUN_WRITE", `The picture ${path} could not be written: ${messageOf(thrown)}. Free disk space or correct the folder's rights.`, thrown);
  }
}

export function encodePng({ width, height, channels, pixels }: Image): Uint8Array {
  return encode({ width, height, channels, depth: 8, data: pixels });
}

/** Reads a PNG of 8 bits, grey or RGB, as `writePng` makes them. */
export async function readPng(path: string): Promise<Image> {
  const { width, height, channels, depth, data } = decode(await readFile(path));
  if (depth !== 8 || (channels !== 1 && channels !== 3)) throw new IdganError("DATA_INVALID", `${path} has ${channels} channels of ${depth} bits; only grey and RGB of 8 bits are read here.`);
  return { width, height, channels, pixels: new Uint8Array(data) };
}
