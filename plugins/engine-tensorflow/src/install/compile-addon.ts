import { mkdir, rename } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { BindingPackage } from "../packages.js";
import { firstOf, runCommand, tailOf } from "./command.js";
import { failure } from "./failure.js";
import { frameworkLibraryIn, mainLibraryIn, type Library } from "./library-folder.js";

/** The addon's C++, in `binding` of the package. */
export const sources = ["tfjs_backend.cc", "tfjs_binding.cc"];

const mac = process.platform === "darwin";
/** Node-API 8 is in every Node from 16 on: one addon serves them all. */
export const flags: readonly string[] = [
  ...(mac ? ["-bundle", "-undefined", "dynamic_lookup"] : ["-shared", "-fPIC"]),
  "-O2", "-std=c++17", "-w", "-DNAPI_VERSION=8",
  // The folder beside the addon, where the package keeps its libraries.
  `-Wl,-rpath,${mac ? "@loader_path" : "$ORIGIN"}/../../deps/lib`,
  // A symbol that the library lacks is an error when the addon is loaded, and not the end of the process at its first call.
  ...(mac ? [] : ["-Wl,-z,now"]),
];

/** The C++ compiler of this machine. @throws IdganError ENGINE_INSTALL where there is none */
export async function findCompiler(): Promise<string> {
  const chosen = process.env["CXX"];
  const compiler = await firstOf([...(chosen === undefined || chosen === "" ? [] : [chosen]), "c++", "g++", "clang++"]);
  if (compiler !== undefined) return compiler;
  const remedy = mac ? "xcode-select --install" : "apt-get install g++";
  throw failure(`The addon is built from source, and there is no C++ compiler here (c++, g++, clang++ or what CXX names). Install one (${remedy}), and run the command again.`);
}

/**
 * Compiles a package's addon against a library. Plain compiler calls do: the two sources need Node-API's headers, which npm has, and neither node-gyp's Python
 * nor Node's own headers.
 * @throws IdganError ENGINE_INSTALL with what the compiler said
 */
export async function compileAddon({ name, folder }: BindingPackage, { lib, include }: Library, target: string): Promise<void> {
  const compiler = await findCompiler();
  const [main, framework] = [await mainLibraryIn(lib), await frameworkLibraryIn(lib)];
  if (main === undefined) throw failure(`${lib} holds no library of TensorFlow any more. Run the command again.`);
  const headers = join(dirname(createRequire(import.meta.url).resolve("node-api-headers/package.json")), "include");
  const draft = `${target}.draft`;
  await mkdir(dirname(target), { recursive: true });
  const inputs = [...sources.map((source) => join(folder, "binding", source)), join(lib, main), ...(framework === undefined ? [] : [join(lib, framework)])];
  const outcome = await runCommand(compiler, [...flags, "-I", headers, "-I", include, ...inputs, "-o", draft]);
  if (outcome.code !== 0) {
    throw failure(`${compiler} could not build the addon of ${name} against ${lib}. It takes a compiler of C++17 (GCC 8, Clang 7 or newer), which CXX may name; the headers of another release may fit, too: --release 2.15.1. The compiler said:\n${tailOf(outcome, 12)}`);
  }
  await rename(draft, target);
}
