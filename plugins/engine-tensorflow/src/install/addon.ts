import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { InstallReporter } from "@idgan/core";
import { writeRecord } from "../install-record.js";
import type { BindingPackage } from "../packages.js";
import { compileAddon, flags, sources } from "./compile-addon.js";
import { writingTo } from "./failure.js";
import type { Library } from "./library-folder.js";

/** Puts the addon of a package, built against a library, where the package looks for it, and the library beside it. */
export async function placeAddon(package_: BindingPackage, library: Library, cache: string, command: string, reporter: InstallReporter): Promise<void> {
  const { release, kind, from, lib } = library;
  const built = await builtAddon(package_, library, cache, reporter);
  const remedy = "Run the command as the one who installed the package, or install the package where you may write.";
  await writingTo(package_.folder, remedy, async () => {
    await mkdir(dirname(package_.addon), { recursive: true });
    // Half an addon would end the process that loads it.
    await copyFile(built, `${package_.addon}.draft`);
    await rename(`${package_.addon}.draft`, package_.addon);
    await mkdir(dirname(package_.libraries), { recursive: true });
    await rm(package_.libraries, { recursive: true, force: true });
    await symlink(lib, package_.libraries);
    const libraries = (await readdir(lib)).filter((name) => /^lib(tensorflow.*\.(so\.2|2\.dylib)|(cu|nv|nccl).*\.so\.\d+)$/.test(name));
    writeRecord(package_, { release, kind, from, lib, command }, libraries);
  });
}

/** The addon in the cache; compiled once for each package, library and way to compile. */
async function builtAddon(package_: BindingPackage, library: Library, cache: string, reporter: InstallReporter): Promise<string> {
  const { release, lib } = library;
  // A library in the cache is known by its folder's name there, so that a cache may move together with what was built.
  const identity = lib.startsWith(cache) ? relative(cache, lib) : lib;
  const texts = await Promise.all(sources.map((name) => readFile(join(package_.folder, "binding", name), "utf8")));
  const key = createHash("sha256").update([identity, release, package_.version, process.arch, ...flags, ...texts].join("\n")).digest("hex").slice(0, 16);
  const built = join(cache, "addons", `${key}.node`);
  if (existsSync(built)) reporter.note(`the addon for TensorFlow ${release} was built before`);
  else {
    reporter.stage(`build the addon of ${package_.name}`);
    await compileAddon(package_, library, built);
  }
  return built;
}
