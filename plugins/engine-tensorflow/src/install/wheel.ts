import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename, join } from "node:path";
import type { InstallReporter } from "@idgan/core";
import { failure } from "./failure.js";
import { extractEntry, readEntry, zipEntries, type ZipEntry } from "./zip.js";

/** The libraries, and what the addon's C++ includes of the headers. */
const wanted = /^tensorflow\/(libtensorflow_(cc|framework)[.\w]*\.(so|dylib)[.\w]*$|include\/(tensorflow\/(c|core\/platform)|tsl|xla\/tsl)\/.*\.h$)/;
/** CUDA's libraries, of NVIDIA's wheels. */
const cuda = /^nvidia\/[\w/]+\/lib\/([^/]+\.so[.\d]*)$/;

/** Unpacks what is needed of TensorFlow's wheel into `lib` and `include` of `folder`, every file checked against the wheel's own list of hashes. */
export async function unpackTensorflow(wheel: string, folder: string, reporter: InstallReporter): Promise<void> {
  const entries = (await zipEntries(wheel)).filter(({ name }) => wanted.test(name));
  if (!entries.some(({ name }) => name.includes("libtensorflow_cc"))) {
    throw failure(`${basename(wheel)} holds no libtensorflow_cc: wheels do from 2.12 on. Choose another release.`);
  }
  await unpack(wheel, entries, ({ name }) => join(folder, name.replace(/^tensorflow\/(?=lib)/, "lib/").replace(/^tensorflow\/(?=include)/, "")), reporter);
}

/** Unpacks the libraries of one of NVIDIA's wheels into `folder`, where TensorFlow looks for them first. */
export async function unpackCuda(wheel: string, folder: string, reporter: InstallReporter): Promise<void> {
  const entries = (await zipEntries(wheel)).filter(({ name }) => cuda.test(name));
  await unpack(wheel, entries, ({ name }) => join(folder, basename(name)), reporter);
}

async function unpack(wheel: string, entries: readonly ZipEntry[], placeOf: (entry: ZipEntry) => string, reporter: InstallReporter): Promise<void> {
  const hashes = await recordOf(wheel);
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  for (const entry of entries) {
    const hash = await extractEntry(wheel, entry, placeOf(entry), (bytes) => reporter.progress((done += bytes), total));
    if (hashes.get(entry.name) !== hash) throw failure(`${entry.name} in ${basename(wheel)} is not what the wheel's RECORD says: the file is damaged. Delete ${wheel}, and run the command again.`);
  }
}

/** The hashes that a wheel lists of its files, base64url. */
async function recordOf(wheel: string): Promise<ReadonlyMap<string, string>> {
  const record = await distInfo(wheel, "RECORD");
  return new Map(record.split("\n").flatMap((line) => {
    const [, name, hash] = /^"?([^",]+)"?,sha256=([\w-]+),/.exec(line) ?? [];
    return name === undefined || hash === undefined ? [] : [[name, hash] as const];
  }));
}

/** The CUDA wheels that TensorFlow's wheel asks for under its extra `and-cuda`. */
export async function cudaWheelsOf(wheel: string): Promise<readonly { readonly project: string; readonly version: string }[]> {
  const metadata = await distInfo(wheel, "METADATA");
  return [...metadata.matchAll(/^Requires-Dist: (nvidia-[\w-]+)\s*\(?([^;)\n]*)\)?\s*;[^\n]*and-cuda/gm)].map(([, project = "", range = ""]) => {
    const version = /[=>]=\s*([\d.]+)/.exec(range)?.[1];
    if (version === undefined) throw failure(`${basename(wheel)} asks for ${project} ${range}, which names no version.`);
    return { project, version };
  });
}

/** Release of the TensorFlow in a wheel, from its file name. */
export function releaseOf(wheel: string): string {
  const release = /^tensorflow[\w]*-(\d+\.\d+\.\d+)/.exec(basename(wheel))?.[1];
  if (release === undefined) throw failure(`${basename(wheel)} is no wheel of TensorFlow: its name must begin with tensorflow-<version> or tensorflow_cpu-<version>.`);
  return release;
}

async function distInfo(wheel: string, file: string): Promise<string> {
  const entry = (await zipEntries(wheel)).find(({ name }) => name.endsWith(`.dist-info/${file}`));
  if (!entry) throw failure(`${basename(wheel)} is no wheel: it has no ${file}.`);
  return readEntry(wheel, entry);
}

/** SHA-256 of a file, hexadecimal. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
