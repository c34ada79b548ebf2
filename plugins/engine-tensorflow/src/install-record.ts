import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { InstallWish } from "@idgan/core";
import type { BindingPackage } from "./packages.js";

/** The line that mends what is missing. */
export const installCommand = "npx idgan engine install tensorflow";

/** What `idgan engine install` put into a package, kept in `lib/idgan.json` there. */
export interface InstallRecord {
  readonly release: string;
  readonly kind: "cpu" | "gpu";
  /** Where the library came from, for people. */
  readonly from: string;
  /** Folder of the libraries. */
  readonly lib: string;
  /** The line that brings the same again. */
  readonly command: string;
  /** Bytes of the addon, of each library that it was built with, and of CUDA's beside them, by path inside the package. */
  readonly files: Readonly<Record<string, number>>;
}

/** Keeps what was put into a package. `libraries` are names of files. */
export function writeRecord(package_: BindingPackage, what: Omit<InstallRecord, "files">, libraries: readonly string[]): void {
  const paths = [package_.addon, ...libraries.map((name) => join(package_.libraries, name))];
  const files = Object.fromEntries(paths.map((path) => [relative(package_.folder, path), statSync(path).size]));
  const path = recordPath(package_);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify({ ...what, files } satisfies InstallRecord, null, 2)}\n`);
}

/** Nothing where the package's own installer did the work, or nobody. */
export function readRecord(package_: BindingPackage): InstallRecord | undefined {
  try {
    const { command = installCommand, files = {}, ...rest } = JSON.parse(readFileSync(recordPath(package_), "utf8")) as InstallRecord;
    return { ...rest, command, files };
  } catch {
    return undefined;
  }
}

/** What is no longer as it was installed, with the line to run; loading half a library ends the process without a word. */
export function lostPart(package_: BindingPackage): string | undefined {
  const { name, folder } = package_;
  const { files, from, command } = readRecord(package_) ?? { files: {}, from: "", command: "" };
  for (const [path, bytes] of Object.entries(files)) {
    const found = statSync(join(folder, path), { throwIfNoEntry: false })?.size;
    if (found === undefined) return `${path} of ${name} is gone, which came from ${from}. Run: ${command}`;
    if (found !== bytes) return `${path} of ${name} is not what was installed from ${from} (${found} bytes, and not ${bytes}): it is damaged, or of another release. Run: ${command}`;
  }
  return undefined;
}

/** The line that asks for the same again. */
export function commandFor({ from, gpu, release, sha256 }: InstallWish): string {
  const quoted = from !== undefined && /[^\w./:@+-]/.test(from) ? JSON.stringify(from) : from;
  return [installCommand, ...(quoted === undefined ? [] : [`--from ${quoted}`]), ...(gpu ? ["--gpu"] : []), ...(release === undefined ? [] : [`--release ${release}`]), ...(sha256 === undefined ? [] : [`--sha256 ${sha256}`])].join(" ");
}

function recordPath({ folder }: BindingPackage): string {
  return join(folder, "lib", "idgan.json");
}
