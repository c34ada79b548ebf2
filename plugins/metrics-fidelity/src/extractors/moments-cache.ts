import { createHash } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder, makeFolder } from "@idgan/core";
import type { Moments } from "../numerics/moments.js";
import type { FeatureExtractor } from "./feature-extractor.js";
import type { ImageSource } from "./image-source.js";

/** Raise it when any feature of the same image would change. */
const version = 1;

/** Where moments are kept between evaluations. */
export interface MomentsPlace {
  readonly folder: string;
  readonly file: string;
}

/** A file for these features of these images: under the dataset's fingerprint and the hash of the network's weights, so that neither can change unseen. */
export function momentsPlace({ name, hash, resize }: FeatureExtractor, { key }: ImageSource, cache: string | null): MomentsPlace {
  const folder = cache ?? cacheFolder();
  const digest = createHash("sha256").update(JSON.stringify([version, name, hash, resize, key])).digest("hex");
  return { folder, file: join(folder, `moments-${name}-${digest.slice(0, 32)}.bin`) };
}

/** What was kept, or nothing where it is not there, or damaged: it is then computed anew. */
export async function readMoments({ file }: MomentsPlace, size: number): Promise<Moments | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  const length = 8 * (1 + size + size * size);
  if (bytes?.length !== length + 32 || !createHash("sha256").update(bytes.subarray(0, length)).digest().equals(bytes.subarray(length))) return undefined;
  const numbers = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + length));
  return { count: numbers[0] ?? 0, mean: numbers.subarray(1, 1 + size), covariance: numbers.subarray(1 + size) };
}

/** Keeps moments: count, mean and covariance as doubles, and a hash of them. A cache that cannot be written costs time and nothing else. */
export async function writeMoments({ folder, file }: MomentsPlace, { count, mean, covariance }: Moments): Promise<void> {
  const numbers = new Float64Array(1 + mean.length + covariance.length);
  numbers[0] = count;
  numbers.set(mean, 1);
  numbers.set(covariance, 1 + mean.length);
  const bytes = new Uint8Array(numbers.buffer);
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await makeFolder(folder);
    await writeFile(temporary, [bytes, createHash("sha256").update(bytes).digest()]);
    await rename(temporary, file);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}
