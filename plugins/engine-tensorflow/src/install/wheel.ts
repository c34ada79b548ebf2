import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { makeFolder, openSourceFile, readEntry, readZip, streamEntry, type InstallReporter, type SourceFile, type ZipEntry } from "@idgan/core";
import { failure } from "./failure.js";

/** The libraries, and what the addon's C++ includes of the headers: `tsl` moved twice between 2.12 and 2.19. */
const wanted = /^tensorflow\/(libtensorflow_(cc|framework)[.\w]*\.(so|dylib)[.\w]*$|include\/(tensorflow\/(c|core\/platform|tsl)|tsl|xla\/tsl)\/.*\.h$)/;
/** CUDA's libraries, of NVIDIA's wheels. */
const cuda = /^nvidia\/[\w/]+\/lib\/([^/]+\.so[.\d]*)$/;

/** Unpacks what is needed of TensorFlow's wheel into `lib` and `include` of `folder`, every file checked against the wheel's own list of hashes. */
export async function unpackTensorflow(wheel: string, folder: string, reporter: InstallReporter): Promise<void> {
  const place = (name: string): string => join(folder, name.replace(/^tensorflow\/(?=lib)/, "lib/").replace(/^tensorflow\/(?=include)/, ""));
  const names = await unpack(wheel, wanted, place, reporter);
  if (!names.some((name) => name.includes("libtensorflow_cc"))) {
    throw failure(`${basename(wheel)} holds no libtensorflow_cc: wheels do from 2.12 on. Choose another release.`);
  }
}

/** Unpacks the libraries of one of NVIDIA's wheels into `folder`, where TensorFlow looks for them first. */
export async function unpackCuda(wheel: string, folder: string, reporter: InstallReporter): Promise<void> {
  await unpack(wheel, cuda, (name) => join(folder, basename(name)), reporter);
}

/** The names of what was unpacked. */
async function unpack(wheel: string, chosen: RegExp, place: (name: string) => string, reporter: InstallReporter): Promise<readonly string[]> {
  return within(wheel, async (source, entries) => {
    const hashes = recordOf(await distInfo(source, entries, "RECORD"));
    const wished = entries.filter(({ name }) => chosen.test(name));
    const total = wished.reduce((sum, { bytes }) => sum + bytes, 0);
    let done = 0;
    for (const entry of wished) {
      const target = place(entry.name);
      const hash = createHash("sha256");
      const hashed = async function* (): AsyncGenerator<Buffer> {
        for await (const piece of streamEntry(source, entry)) {
          hash.update(piece);
          reporter.progress((done += piece.length), total);
          yield piece;
        }
      };
      await makeFolder(dirname(target));
      await pipeline(Readable.from(hashed()), createWriteStream(target));
      if (hashes.get(entry.name) !== hash.digest("base64url")) throw failure(`${entry.name} in ${basename(wheel)} is not what the wheel's RECORD says: the file is damaged. Delete ${wheel}, and run the command again.`);
    }
    return wished.map(({ name }) => name);
  });
}

/** The hashes that a wheel lists of its files, base64url without padding: https://packaging.python.org/en/latest/specifications/recording-installed-packages/ */
function recordOf(record: string): ReadonlyMap<string, string> {
  return new Map(record.split("\n").flatMap((line) => {
    const [, name, hash] = /^"?([^",]+)"?,sha256=([\w-]+),/.exec(line) ?? [];
    return name === undefined || hash === undefined ? [] : [[name, hash] as const];
  }));
}

/** The CUDA wheels that TensorFlow's wheel asks for under its extra `and-cuda`. */
export async function cudaWheelsOf(wheel: string): Promise<readonly { readonly project: string; readonly version: string }[]> {
  const metadata = await within(wheel, (source, entries) => distInfo(source, entries, "METADATA"));
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

/** Longer than any list of files or description of a package. */
const longestText = 64 * 2 ** 20;

async function distInfo(source: SourceFile, entries: readonly ZipEntry[], file: string): Promise<string> {
  const entry = entries.find(({ name }) => name.endsWith(`.dist-info/${file}`));
  if (!entry) throw failure(`${basename(source.path)} is no wheel: it has no ${file}.`);
  return (await readEntry(source, entry, longestText)).toString("utf8");
}

async function within<Result>(wheel: string, body: (source: SourceFile, entries: readonly ZipEntry[]) => Promise<Result>): Promise<Result> {
  const source = await openSourceFile(wheel);
  try {
    return await body(source, (await readZip(source)).entries);
  } finally {
    await source.close();
  }
}

/** SHA-256 of a file, hexadecimal. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
