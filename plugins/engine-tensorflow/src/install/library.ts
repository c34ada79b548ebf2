import { readdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { IdganError, makeFolder, type InstallReporter, type InstallWish } from "@idgan/core";
import { runCommand, tailOf } from "./command.js";
import { fetchFile } from "./download.js";
import { failure } from "./failure.js";
import { findLibraries, type Library } from "./library-folder.js";
import { keepLibrary, keptLibrary } from "./library-shelf.js";
import { fetchWheel, isWheelOf } from "./pip.js";
import { defaultRelease, isOlder, knownWheel, oldestRelease } from "./releases.js";
import { cudaWheelsOf, releaseOf, sha256Of, unpackCuda, unpackTensorflow } from "./wheel.js";

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
  if (/^https?:/.test(from)) {
    const file = await fetchFile(from, join(cache, "downloads"), reporter);
    return fromPath(wish, file, cache, reporter).catch(async (error: unknown) => {
      // A file that cannot be used is not taken for fetched the next time.
      if (error instanceof IdganError) await rm(file, { force: true });
      throw error;
    });
  }
  return fromPath(wish, from, cache, reporter);
}

async function fromPath({ gpu, sha256: wanted }: InstallWish, from: string, cache: string, reporter: InstallReporter): Promise<Library> {
  const kind = gpu ? "gpu" : "cpu";
  const found = await stat(from).catch(() => undefined);
  if (found === undefined) throw failure(`--from ${from}: there is no such file or folder. It takes wheel, tarball, an address, or the path of a .whl, a .tar.gz or a folder.`);
  if (found.isDirectory()) return { ...(await findLibraries(from)), kind, from };
  const sha256 = await sha256Of(from);
  if (wanted !== undefined && wanted.toLowerCase() !== sha256) throw failure(`${from} has the SHA-256 ${sha256}, not ${wanted}. Get the file again.`);
  const folder = join(cache, `file-${sha256.slice(0, 16)}`);
  const known = await keptLibrary(folder, reporter);
  if (known) return known;
  reporter.stage(`unpack ${basename(from)}`);
  if (from.endsWith(".whl")) return keepLibrary(folder, { release: releaseOf(from), kind, from }, async (draft) => unpackTensorflow(from, draft, reporter));
  const named = /-(\d+\.\d+\.\d+)\.(?:tar\.gz|tgz)$/.exec(from)?.[1] ?? "of unknown release";
  return keepLibrary(folder, { release: named, kind, from }, async (draft) => {
    const outcome = await runCommand("tar", ["-xzf", from, "-C", draft]);
    if (outcome.code === 0) return;
    const said = tailOf(outcome);
    if (/No space left/.test(said)) throw Object.assign(new Error(said), { code: "ENOSPC" });
    throw failure(`${from} could not be unpacked with tar, so that it is damaged or no .tar.gz. Get it again. tar said: ${said}`);
  });
}

async function fromIndex({ gpu, release = defaultRelease }: InstallWish, cache: string, reporter: InstallReporter): Promise<Library> {
  if (!/^\d+\.\d+\.\d+$/.test(release)) throw failure(`--release ${release} is no release of TensorFlow. It is three numbers, such as ${defaultRelease}.`);
  if (isOlder(release, oldestRelease)) throw failure(`The wheels of TensorFlow ${release} have no library with the C API in it; those from ${oldestRelease} on have. Leave --release out, or take an official tarball with --from.`);
  const project = gpu && process.platform === "linux" ? "tensorflow" : process.platform === "darwin" ? "tensorflow" : "tensorflow-cpu";
  const kind = gpu ? "gpu" : "cpu";
  const folder = join(cache, `${release}-${kind}-${process.platform}-${process.arch}`);
  const known = await keptLibrary(folder, reporter);
  if (known) return known;
  const downloads = join(cache, "downloads");
  await makeFolder(downloads);
  reporter.stage(`fetch ${project} ${release} through pip`);
  const wheel = await wheelOf(project, release, downloads, reporter);
  const more = gpu ? (await cudaWheelsOf(wheel)).filter((each) => each.project !== "nvidia-cuda-nvcc-cu12") : [];
  const cudas: string[] = [];
  for (const { project: part, version } of more) {
    reporter.stage(`fetch ${part} ${version} through pip`);
    cudas.push(await wheelOf(part, version, downloads, reporter));
  }
  const library = await keepLibrary(folder, { release, kind, from: `the wheel of ${project} ${release}` }, async (draft) => {
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
  const name = (await readdir(downloads)).find((each) => isWheelOf(each, project, version));
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
