import { join } from "node:path";
import { cacheFolder, type InstallReporter, type InstallWish } from "@idgan/core";
import { installedPackages } from "../packages.js";
import { packageCommand } from "../load.js";
import { placeAddon } from "./addon.js";
import { failure } from "./failure.js";
import { bringLibrary } from "./library.js";
import { prove } from "./proof.js";

/** Brings TensorFlow's libraries, builds the addon of every tfjs-node package that is installed against them, and proves that they work. */
export async function installTensorflow(wish: InstallWish, reporter: InstallReporter): Promise<readonly string[]> {
  if (process.platform === "win32") throw failure("On Windows, TensorFlow's own installer does this work: npm rebuild @tensorflow/tfjs-node-gpu. In WSL 2, this command does.");
  const packages = installedPackages();
  if (packages.length === 0) throw failure(`The TensorFlow.js package to install into is missing. Run: ${packageCommand}`);
  const cache = join(cacheFolder(), "tensorflow");
  const library = await bringLibrary(wish, cache, reporter);
  for (const each of packages) await placeAddon(each, library, cache, reporter);
  const proof = await prove(reporter);
  return [proof, ...packages.map(({ name, folder }) => `${name} in ${folder}`), `libraries (${library.kind}) in ${library.lib}`];
}
