import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { InstallReporter, InstallWish } from "@idgan/core";
import { runCommand, tailOf } from "./command.js";
import { fetchFile } from "./download.js";
import { failure } from "./failure.js";
import { fetchWheel } from "./pip.js";
import { defaultRelease, isOlder, knownWheel, oldestRelease } from "./releases.js";
import { cudaWheelsOf, releaseOf, sha256Of, unpackCuda, unpackTensorflow } from "./wheel.js";

/** TensorFlow's libraries, ready to be linked with; kept as `library.json` beside them. */
export interface Library {
  readonly release: string;
  readonly kind: "cpu" | "gpu";
  /** Where it came from, for people. */
  readonly from: string;
  /** Folder of the libraries, which the addon looks through. */
  readonly lib: string;
  /** Folder of the headers. */
  readonly include: string;
}

/** Where official tarballs lie, for those who can reach the host. */
const tarballs = "https://storage.googleapis.com/tensorflow/libtensorflow/libtensorflow";

/** Brings the libraries that are wanted, or finds them brought. @throws IdganError ENGINE_INSTALL */
export async function bringLibrary(wish: InstallWish, cache: string, reporter: InstallReporter): Promise<Library> {
  const { from = "wheel", gpu } = wish;
  const kind = gpu ? "gpu" : "cpu";
  if (from === "wheel") return fromIndex(wish, cache, reporter);
  if (from === "tarball") {
    const release = wish.release ?? "2.18.1";
    const system = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch === "x64" ? "x86_64" : process.arch}`;
    return bringLibrary({ ...wish, from: `${tarballs}-${kind}-${system}-${release}.tar.gz` }, cache, reporter);
  }
  if (/^https?:/.test(from)) return bringLibrary({ ...wish, from: await fetchFile(from, join(cache, "downloads"), reporter) }, cache, reporter);
  const found = await stat(from).catch(() => undefined);
  if (found === undefined) throw failure(`--from ${from}: there is no such file or folder. It takes wheel, tarball, an address, or the path of a .whl, a .tar.gz or a folder.`);
  if (found.isDirectory()) return { ...(await findLibraries(from)), kind, from };
  const sha256 = await sha256Of(from);
  if (wish.sha256 !== undefined && wish.sha256.toLowerCase() !== sha256) throw failure(`${from} has the SHA-256 ${sha256}, not ${wish.sha256}. Get the file again.`);
  const folder = join(cache, `file-${sha256.slice(0, 16)}`);
  const known = await readLibrary(folder);
  if (known) return noted(known, reporter);
  reporter.stage(`unpack ${basename(from)}`);
  if (from.endsWith(".whl")) return finished(folder, { release: releaseOf(from), kind, from }, async (draft) => unpackTensorflow(from, draft, reporter));
  const named = /-(\d+\.\d+\.\d+)\.(?:tar\.gz|tgz)$/.exec(from)?.[1] ?? "of unknown release";
  return finished(folder, { release: named, kind, from }, async (draft) => {
    const outcome = await runCommand("tar", ["-xzf", from, "-C", draft]);
    if (outcome.code !== 0) throw failure(`${from} could not be unpacked with tar: ${tailOf(outcome)}`);
  });
}

async function fromIndex({ gpu, release = defaultRelease }: InstallWish, cache: string, reporter: InstallReporter): Promise<Library> {
  if (!/^\d+\.\d+\.\d+$/.test(release)) throw failure(`--release ${release} is no release of TensorFlow. It is three numbers, such as ${defaultRelease}.`);
  if (isOlder(release, oldestRelease)) throw failure(`The wheels of TensorFlow ${release} have no library with the C API in it; those from ${oldestRelease} on have. Leave --release out, or take an official tarball with --from.`);
  const project = gpu && process.platform === "linux" ? "tensorflow" : process.platform === "darwin" ? "tensorflow" : "tensorflow-cpu";
  const kind = gpu ? "gpu" : "cpu";
  const folder = join(cache, `${release}-${kind}-${process.platform}-${process.arch}`);
  const known = await readLibrary(folder);
  if (known) return noted(known, reporter);
  const downloads = join(cache, "downloads");
  await mkdir(downloads, { recursive: true });
  reporter.stage(`fetch ${project} ${release} through pip`);
  const wheel = await wheelOf(project, release, downloads, reporter);
  const more = gpu ? (await cudaWheelsOf(wheel)).filter((each) => each.project !== "nvidia-cuda-nvcc-cu12") : [];
  const cudas: string[] = [];
  for (const { project: part, version } of more) {
    reporter.stage(`fetch ${part} ${version} through pip`);
    cudas.push(await wheelOf(part, version, downloads, reporter));
  }
  const library = await finished(folder, { release, kind, from: `the wheel of ${project} ${release}` }, async (draft) => {
    reporter.stage(`unpack ${basename(wheel)}`);
    await unpackTensorflow(wheel, draft, reporter);
    for (const each of cudas) {
      reporter.stage(`unpack ${basename(each)}`);
      await unpackCuda(each, join(draft, "lib"), reporter);
    }
  });
  for (const each of [wheel, ...cudas]) await rm(each, { force: true });
  return library;
}

/** A wheel that an interrupted installation fetched whole is used. */
async function wheelOf(project: string, version: string, downloads: string, reporter: InstallReporter): Promise<string> {
  const known = knownWheel(project, version);
  const name = (await readdir(downloads)).find((each) => each.startsWith(`${project.replaceAll("-", "_")}-${version}-`) && each.endsWith(".whl"));
  if (name !== undefined) {
    const file = join(downloads, name);
    if (known === undefined || (await sha256Of(file)) === known.sha256) {
      reporter.note(`${name} was fetched before`);
      return file;
    }
    await rm(file);
  }
  return fetchWheel({ project, version, known }, downloads, reporter);
}

/** Fills a draft folder and gives it its name only when all of it is there. */
async function finished(folder: string, what: Pick<Library, "release" | "kind" | "from">, fill: (draft: string) => Promise<void>): Promise<Library> {
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await fill(draft);
  await findLibraries(draft);
  await writeFile(join(draft, "library.json"), `${JSON.stringify(what, null, 2)}\n`);
  await rm(folder, { recursive: true, force: true });
  await rename(draft, folder);
  return { ...what, ...(await findLibraries(folder)), release: what.release };
}

async function readLibrary(folder: string): Promise<Library | undefined> {
  if (!existsSync(join(folder, "library.json"))) return undefined;
  const what = JSON.parse(await readFile(join(folder, "library.json"), "utf8")) as Pick<Library, "release" | "kind" | "from">;
  return { ...what, ...(await findLibraries(folder)), release: what.release };
}

function noted(library: Library, reporter: InstallReporter): Library {
  reporter.note(`TensorFlow ${library.release} (${library.kind}) is there already, from ${library.from}`);
  return library;
}

/** Looks for the libraries and headers where tarballs, wheels and installed Python packages have them. */
export async function findLibraries(folder: string): Promise<Pick<Library, "release" | "lib" | "include">> {
  const roots = ["", "tensorflow", "lib", "lib64"].map((each) => join(folder, each));
  const lib = (await Promise.all(roots.map(async (root) => ((await mainLibraryIn(root)) === undefined ? [] : [root])))).flat()[0];
  const include = [join(folder, "include"), join(folder, "tensorflow", "include"), join(folder, "..", "include")].find((root) => existsSync(join(root, "tensorflow", "c", "eager", "c_api.h")));
  if (lib === undefined) throw failure(`${folder} holds no library of TensorFlow with the C API: libtensorflow_cc.so.2 or libtensorflow.so.2, in it or in its lib. Pass the folder of an official tarball, or .../site-packages/tensorflow of a Python that has TensorFlow ${oldestRelease} or newer.`);
  if (include === undefined) throw failure(`${folder} holds no headers of TensorFlow: include/tensorflow/c/eager/c_api.h is missing.`);
  const version = existsSync(join(include, "tensorflow", "core", "public", "version.h")) ? /TF_MAJOR_VERSION (\d+)[^]*?TF_MINOR_VERSION (\d+)[^]*?TF_PATCH_VERSION (\d+)/.exec(await readFile(join(include, "tensorflow", "core", "public", "version.h"), "utf8")) : null;
  return { release: version ? version.slice(1, 4).join(".") : "of unknown release", lib, include };
}

/** File name of the library that exports the C API. */
export async function mainLibraryIn(folder: string): Promise<string | undefined> {
  return firstMatch(folder, [/^libtensorflow_cc\.so\.2$/, /^libtensorflow\.so\.2$/, /^libtensorflow_cc\.2\.dylib$/, /^libtensorflow\.2\.dylib$/]);
}

export async function frameworkLibraryIn(folder: string): Promise<string | undefined> {
  return firstMatch(folder, [/^libtensorflow_framework\.so\.2$/, /^libtensorflow_framework\.2\.dylib$/]);
}

async function firstMatch(folder: string, patterns: readonly RegExp[]): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => []);
  return patterns.flatMap((pattern) => names.filter((name) => pattern.test(name)))[0];
}
