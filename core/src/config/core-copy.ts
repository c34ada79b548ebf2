import { join } from "node:path";
import { IdganError } from "../contract/error.js";
import { coreFolder } from "./config-file.js";
import { folderOf } from "./folder-of.js";
import { findPackage } from "./package-path.js";

const core = "@idgan/core";
const own = findPackage(core, coreFolder);

/**
 * Folder of the @idgan/core that a module, or a package's folder, would import, where that is another copy than this one. A process can hold but one:
 * steps are traced by what core keeps in memory, and TensorFlow.js, which comes with it, registers its kernels for the whole process.
 */
export function otherCoreOf(place: string): string | undefined {
  const found = findPackage(core, folderOf(place));
  return found === own ? undefined : found;
}

/** The error for something that can be had with another copy of core alone; `what` names it, and the copy's own command is the way out. */
export function secondCore(what: string, other: string): IdganError {
  return new IdganError("PLUGIN_CORE_COPY", `${what} would load a second @idgan/core, ${other}, beside ${own ?? coreFolder}, and a process can hold but one. Run that installation's own command: node ${join(other, "bin", "idgan.js")} …; or install the plugin beside this one.`);
}
