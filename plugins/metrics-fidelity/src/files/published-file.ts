import { createHash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { IdganError, openArrayFile, openSourceFile, type SourceFile } from "@idgan/core";
import type { Tensors } from "./tensors.js";
import { readTorchFile } from "./torch-file.js";

/** Weights as their project publishes them. */
export interface PublishedFile {
  readonly name: string;
  /** First digits of its SHA-256, as published with it; whatever has others is another file. */
  readonly sha256: string;
  /** Where it comes from. */
  readonly url: string;
}

/** Weights that were read and whose hash was checked. */
export interface CheckedFile {
  readonly tensors: Tensors;
  /** SHA-256 of the file. */
  readonly hash: string;
  /** Names the file in messages. */
  readonly where: string;
}

export const inceptionFile: PublishedFile = {
  name: "pt_inception-2015-12-05-6726825d.pth",
  sha256: "6726825d",
  url: "https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth",
};
export const vgg16File: PublishedFile = { name: "vgg16-397923af.pth", sha256: "397923af", url: "https://download.pytorch.org/models/vgg16-397923af.pth" };
export const squeezenetFiles: readonly PublishedFile[] = [
  { name: "squeezenet1_1-b8a52dc0.pth", sha256: "b8a52dc0", url: "https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth" },
  { name: "squeezenet1_1_imagenet_fp16.npz", sha256: "184b4c61", url: "the same in half precision, as an npz of the state dictionary" },
];
/** From the folder lpips/weights/v0.1 of the Python package lpips 0.1.4. */
export const lpipsFiles: Readonly<Record<"squeezenet" | "vgg16", PublishedFile>> = {
  squeezenet: { name: "squeeze.pth", sha256: "4a5350f23600cb79", url: "https://github.com/richzhang/PerceptualSimilarity/blob/master/lpips/weights/v0.1/squeeze.pth" },
  vgg16: { name: "vgg.pth", sha256: "a78928a0af1e5f0f", url: "https://github.com/richzhang/PerceptualSimilarity/blob/master/lpips/weights/v0.1/vgg.pth" },
};

/** The folder of weights that is looked through where the option `weights` is null. */
export const weightsVariable = "IDGAN_WEIGHTS";

/** Numbers of one array: more than any layer has. */
const mostNumbers = 2 ** 28;

/** Path of the first of `files` that is there: `weights` itself, or inside it, or inside a folder of it. */
export function findFile(files: readonly PublishedFile[], weights: string | null): string | undefined {
  const root = weights ?? process.env[weightsVariable];
  if (root === undefined || root.trim() === "" || !existsSync(root)) return undefined;
  const place = resolve(root);
  if (!statSync(place).isDirectory()) return files.some(({ name }) => name === basename(place)) ? place : undefined;
  const folders = readdirSync(place, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const candidates = files.flatMap(({ name }) => [join(place, name), ...folders.map((folder) => join(place, folder.name, name))]);
  return candidates.find((candidate) => existsSync(candidate));
}

/** What to say where none of `files` is there. */
export function missingFile(files: readonly PublishedFile[], weights: string | null): string {
  const root = weights ?? process.env[weightsVariable];
  const [first] = files;
  const looked = root === undefined ? "no folder of weights was named" : `looked in ${root}`;
  return `It needs ${files.map(({ name }) => name).join(" or ")} (${looked}). Download it from ${first?.url}, and name its folder with --set <metric>.weights=<folder>, or for all metrics in the variable ${weightsVariable}.`;
}

/** Reads one of `files`. Throws `METRIC_INPUT` where none is there, or where the hash is not the published one. */
export async function openFile(files: readonly PublishedFile[], weights: string | null): Promise<CheckedFile> {
  const path = findFile(files, weights);
  const published = files.find(({ name }) => path !== undefined && basename(path) === name);
  if (path === undefined || published === undefined) throw new IdganError("METRIC_INPUT", missingFile(files, weights));
  try {
    return await readChecked(path, published);
  } catch (error) {
    throw error instanceof IdganError && error.code.startsWith("DATA_") ? new IdganError("METRIC_INPUT", error.message, error) : error;
  }
}

async function readChecked(path: string, { name, sha256, url }: PublishedFile): Promise<CheckedFile> {
  const source = await openSourceFile(path);
  try {
    const hash = await hashOf(source);
    if (!hash.startsWith(sha256)) {
      throw new IdganError("METRIC_INPUT", `${path} is another file than the published ${name}: its SHA-256 begins with ${hash.slice(0, sha256.length)}, and should with ${sha256}. Download it again from ${url}.`);
    }
    return { tensors: path.endsWith(".npz") ? await readArchive(path) : await readTorchFile(source), hash, where: path };
  } finally {
    await source.close();
  }
}

async function hashOf(source: SourceFile): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of source.stream(0, source.bytes)) hash.update(piece);
  return hash.digest("hex");
}

/** The arrays of an npz, in single precision. */
async function readArchive(path: string): Promise<Tensors> {
  const file = await openArrayFile(path);
  try {
    const tensors = new Map<string, { readonly shape: readonly number[]; read(): Float32Array }>();
    for (const name of file.names) {
      const array = await file.array(name);
      const numbers = Float32Array.from(await array.numbers(mostNumbers));
      tensors.set(name, { shape: array.header.shape, read: () => numbers.slice() });
    }
    return tensors;
  } finally {
    await file.close();
  }
}
