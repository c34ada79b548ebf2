import { readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, type InstallReporter } from "@idgan/core";
import { firstOf, runCommand, tailOf, type Outcome } from "./command.js";
import { failure } from "./failure.js";
import type { Wheel } from "./releases.js";

/** A wheel that is wanted, and what is known of its file. */
export interface WheelWish {
  readonly project: string;
  readonly version: string;
  readonly known?: Wheel | undefined;
}

/** Wheels of any of these, for CPython 3.11, fit; pip takes the best. */
const architectures: Readonly<Partial<Record<NodeJS.Architecture, string>>> = { x64: "x86_64", arm64: "aarch64" };
const policies = ["manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014", "manylinux_2_12", "manylinux2010", "manylinux1"];

function platforms(): readonly string[] {
  const architecture = architectures[process.arch];
  if (architecture === undefined) return [];
  if (process.platform === "linux") return policies.map((policy) => `${policy}_${architecture}`);
  return process.platform === "darwin" ? ["14_0", "13_0", "12_0", "11_0", "10_15"].map((version) => `macosx_${version}_${process.arch === "x64" ? "x86_64" : "arm64"}`) : [];
}

/**
 * Has pip fetch a wheel into `folder`, by the index, the mirror, the proxy and the certificates that it is set up for, and returns the file. pip checks the
 * hash: ours where the wheel is known, else the index's.
 * @throws IdganError ENGINE_INSTALL
 */
export async function fetchWheel({ project, version, known }: WheelWish, folder: string, reporter: InstallReporter): Promise<string> {
  const python = await findPip();
  const partial = join(folder, "partial");
  await rm(partial, { recursive: true, force: true });
  await makeFolder(partial);
  const wish = join(folder, `${project}.txt`);
  await writeFile(wish, `${project}==${version}${known ? ` --hash=sha256:${known.sha256}` : ""}\n`);
  const outcome = await runCommand(
    python,
    ["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--implementation", "cp", "--python-version", "3.11", "--abi", "cp311", "--abi", "none", "--abi", "abi3", ...platforms().flatMap((each) => ["--platform", each]), "--disable-pip-version-check", "--no-input", "--progress-bar", "off", ...(known ? ["--require-hashes"] : []), "--dest", partial, "--requirement", wish],
    // pip writes what it downloads to its temporary folder first: its growth is the progress.
    { env: { TMPDIR: partial }, meanwhile: () => void sizeOf(partial).then((bytes) => reporter.progress(bytes, known?.bytes)) },
  );
  await rm(wish, { force: true });
  if (outcome.code !== 0) {
    await rm(partial, { recursive: true, force: true });
    throw failure(reasonOf(outcome, project, version, folder));
  }
  const name = (await readdir(partial)).find((each) => isWheelOf(each, project, version));
  if (name === undefined) throw failure(`pip fetched ${project} ${version}, and no wheel of it lies in ${partial}. pip said: ${tailOf(outcome)}`);
  const file = join(folder, name);
  // Under its own name a file is whole.
  await rename(join(partial, name), file);
  await rm(partial, { recursive: true, force: true });
  return file;
}

/** Whether a file of this name is a wheel of this version of a project. */
export function isWheelOf(name: string, project: string, version: string): boolean {
  return name.startsWith(`${project.replaceAll("-", "_")}-${version}-`) && name.endsWith(".whl");
}

async function findPip(): Promise<string> {
  const python = await firstOf(["python3", "python"], ["-m", "pip", "--version"]);
  if (python !== undefined) return python;
  const there = await firstOf(["python3", "python"]);
  const remedy = "or get a wheel of tensorflow-cpu on another machine and pass its path: --from ./tensorflow_cpu-….whl";
  if (there === undefined) throw failure(`Python's package index is reached through pip, and there is no python3 here. Install it (apt-get install python3-pip), ${remedy}`);
  throw failure(`${there} has no pip. Install it (apt-get install python3-pip, or ${there} -m ensurepip), ${remedy}`);
}

function reasonOf(outcome: Outcome, project: string, version: string, folder: string): string {
  const said = tailOf(outcome);
  const last = said.split("\n").at(-1) ?? "";
  if (/from versions: none/.test(said)) {
    return `pip's index has no wheel of ${project} at all for this kind of machine, or is out of reach. PIP_INDEX_URL names another (https://pypi.org/simple is Python's own), and --from a file that was fetched elsewhere. pip said:\n${said}`;
  }
  if (/No matching distribution|from versions/.test(said)) {
    const versions = (/from versions: ([^)]*)\)/.exec(said)?.[1] ?? "").split(", ").filter((each) => /^[\d.]+$/.test(each));
    return `pip's index has no wheel of ${project} ${version} for this kind of machine${versions.length === 0 ? "" : `; it has ${versions.join(", ")}`}. Choose another with --release, or --from a file.`;
  }
  if (/do not match the hashes|THESE PACKAGES DO NOT MATCH/.test(said)) {
    return `pip refused ${project} ${version}: its hash is not the one that idgan knows, so that the index, or a mirror between, gave another file. PIP_INDEX_URL=https://pypi.org/simple asks Python's own index. pip said:\n${said}`;
  }
  if (/No space left/.test(said)) return `There is no room for ${project} ${version} in ${folder} (${last}). It takes about 2 GB, 8 for GPUs; the variable IDGAN_CACHE names another folder.`;
  return `pip could not fetch ${project} ${version}. Behind a mirror or a proxy, set pip up for it (pip config set global.index-url …). pip said:\n${said}`;
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(entries.map((name) => stat(join(folder, name)).then((found) => (found.isFile() ? found.size : 0), () => 0)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
