import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import type { InstallReporter } from "@idgan/core";
import type { BindingPackage } from "../packages.js";
import { firstOf, runCommand, tailOf } from "./command.js";
import { failure } from "./failure.js";
import { frameworkLibraryIn, mainLibraryIn, type Library } from "./library-folder.js";

const sources = ["tfjs_backend.cc", "tfjs_binding.cc"];
/** Node-API 8 is in every Node from 16 on: one addon serves them all. */
const nodeApi = 8;

/** What lies in a package, in `lib/idgan.json` there. */
export interface InstallRecord {
  readonly release: string;
  readonly kind: "cpu" | "gpu";
  readonly from: string;
  readonly lib: string;
}

/**
 * Compiles the package's addon against a library, once for each pair of them, and puts it where the package looks for it. Plain compiler calls do:
 * the two sources need Node-API's headers, which npm has, and neither node-gyp's Python nor Node's own headers.
 */
export async function placeAddon(package_: BindingPackage, library: Library, cache: string, reporter: InstallReporter): Promise<void> {
  const { release, kind, from, lib } = library;
  // A library in the cache is known by its folder's name there, so that a cache may move together with what was built.
  const identity = lib.startsWith(cache) ? relative(cache, lib) : lib;
  const key = createHash("sha256").update([identity, package_.version, process.arch, ...(await Promise.all(sources.map((name) => readFile(join(package_.folder, "binding", name), "utf8"))))].join("\n")).digest("hex").slice(0, 16);
  const built = join(cache, "addons", `${key}.node`);
  if (existsSync(built)) reporter.note(`the addon for TensorFlow ${release} was built before`);
  else {
    reporter.stage(`build the addon of ${package_.name}`);
    await compile(package_, library, built);
  }
  await mkdir(dirname(package_.addon), { recursive: true });
  // Half an addon would end the process that loads it.
  await copyFile(built, `${package_.addon}.draft`);
  await rename(`${package_.addon}.draft`, package_.addon);
  await mkdir(dirname(package_.libraries), { recursive: true });
  await rm(package_.libraries, { recursive: true, force: true });
  await symlink(lib, package_.libraries);
  const record: InstallRecord = { release, kind, from, lib };
  await writeFile(recordPath(package_), `${JSON.stringify(record, null, 2)}\n`);
}

function recordPath({ folder }: BindingPackage): string {
  return join(folder, "lib", "idgan.json");
}

/** What `idgan engine install` put into a package; nothing where the package's own installer did it, or nobody. */
export async function readRecord(package_: BindingPackage): Promise<InstallRecord | undefined> {
  return readFile(recordPath(package_), "utf8").then((text) => JSON.parse(text) as InstallRecord, () => undefined);
}

async function compile(package_: BindingPackage, { lib, include }: Library, target: string): Promise<void> {
  const chosen = process.env["CXX"];
  const compiler = await firstOf([...(chosen === undefined || chosen === "" ? [] : [chosen]), "c++", "g++", "clang++"]);
  if (compiler === undefined) {
    const remedy = process.platform === "darwin" ? "xcode-select --install" : "apt-get install g++";
    throw failure(`The addon is built from source, and there is no C++ compiler here (c++, g++, clang++ or what CXX names). Install one (${remedy}), and run the command again.`);
  }
  const [main, framework] = [await mainLibraryIn(lib), await frameworkLibraryIn(lib)];
  if (main === undefined) throw failure(`${lib} holds no library of TensorFlow any more. Run the command again.`);
  const headers = join(dirname(createRequire(import.meta.url).resolve("node-api-headers/package.json")), "include");
  const draft = `${target}.draft`;
  await mkdir(dirname(target), { recursive: true });
  const mac = process.platform === "darwin";
  const outcome = await runCommand(compiler, [
    ...(mac ? ["-bundle", "-undefined", "dynamic_lookup"] : ["-shared", "-fPIC"]),
    "-O2", "-std=c++17", "-w", `-DNAPI_VERSION=${nodeApi}`, "-I", headers, "-I", include,
    ...sources.map((name) => join(package_.folder, "binding", name)),
    "-o", draft, join(lib, main), ...(framework === undefined ? [] : [join(lib, framework)]),
    // The folder beside the addon, where the package keeps its libraries.
    `-Wl,-rpath,${mac ? "@loader_path" : "$ORIGIN"}/../../deps/lib`,
  ]);
  if (outcome.code !== 0) throw failure(`${compiler} could not build the addon of ${package_.name} against ${lib}:\n${tailOf(outcome, 12)}\nA library of another release may fit: --release 2.15.1`);
  await rename(draft, target);
}
