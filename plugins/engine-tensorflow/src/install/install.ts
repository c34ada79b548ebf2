import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, type InstallReporter, type InstallWish } from "@idgan/core";
import { commandFor } from "../install-record.js";
import { packageCommand } from "../load.js";
import { installedPackages } from "../packages.js";
import { placeAddon } from "./addon.js";
import { findCompiler } from "./compile-addon.js";
import { failure, writingTo } from "./failure.js";
import { bringLibrary } from "./library.js";
import { prove } from "./proof.js";

/** Brings TensorFlow's libraries, builds the addon of every tfjs-node package that is installed against them, and proves that they work. */
export async function installTensorflow(wish: InstallWish, reporter: InstallReporter): Promise<readonly string[]> {
  if (process.platform === "win32") throw failure("On Windows, TensorFlow's own installer does this work: npm rebuild @tensorflow/tfjs-node-gpu. In WSL 2, this command does.");
  const packages = installedPackages();
  if (packages.length === 0) throw failure(`The TensorFlow.js package to install into is missing. Run: ${packageCommand}`);
  const cache = join(cacheFolder(), "tensorflow");
  // Better now than after half a gigabyte.
  if (!existsSync(join(cache, "addons"))) await findCompiler();
  const library = await writingTo(cacheFolder(), `It takes about ${wish.gpu ? 8 : 2} GB; the variable IDGAN_CACHE names another folder.`, async () => {
    const brought = await bringLibrary(wish, cache, reporter);
    for (const each of packages) await placeAddon(each, brought, cache, commandFor(wish), reporter);
    return brought;
  });
  const proof = await prove(reporter);
  return [proof, ...packages.map(({ name, folder }) => `${name} in ${folder}`), `libraries (${library.kind}) in ${library.lib}`];
}
