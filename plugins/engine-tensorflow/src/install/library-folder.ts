import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { failure } from "./failure.js";
import { oldestRelease } from "./releases.js";

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
