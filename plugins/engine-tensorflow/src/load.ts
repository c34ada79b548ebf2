import { createRequire } from "node:module";
import { IdganError, messageOf } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import type { Binding } from "./binding.js";
import { hasAddon, installedPackages, type BindingPackage } from "./packages.js";

/** The line that mends what is missing. */
export const installCommand = "npx idgan engine install tensorflow";
/** The packages bring no binary of their own, and their install script asks a host that may be out of reach. */
export const packageCommand = "npm install --ignore-scripts @tensorflow/tfjs-node-gpu";

/** TensorFlow, loaded. */
export interface Loaded {
  readonly binding: Binding;
  readonly from: BindingPackage;
}

export const backendName = "tensorflow";

let loaded: Loaded | undefined;

/**
 * Loads the binding once: tfjs-node-gpu where it is installed, else tfjs-node. The tfjs backend that was active stays active.
 * @throws IdganError ENGINE_UNAVAILABLE that names what is missing and the command that brings it.
 */
export function loadBinding(): Loaded {
  if (loaded) return loaded;
  const found = installedPackages();
  if (found.length === 0) throw unavailable(`Neither @tensorflow/tfjs-node-gpu nor @tensorflow/tfjs-node is installed. Run: ${packageCommand} && ${installCommand}`);
  const ready = found.find(hasAddon);
  if (!ready) throw unavailable(`The native addon of ${found.map(({ name }) => name).join(" and of ")} is not installed. Run: ${installCommand}`);
  const before = tf.getBackend() || "cpu";
  restoreRemovedFunctions();
  try {
    createRequire(import.meta.url)(ready.folder);
  } catch (error) {
    throw unavailable(explain(messageOf(error), ready), error);
  }
  const backend = tf.findBackend(backendName) as { readonly binding?: Binding } | null;
  if (!backend?.binding) {
    throw unavailable(`${ready.name} brought another copy of @tensorflow/tfjs than this one, ${tf.version.tfjs}. Install one version: npm dedupe`);
  }
  // The package makes its own backend the default, which would change what everything outside of the engine computes with.
  void tf.setBackend(before).catch(() => undefined);
  loaded = { binding: backend.binding, from: ready };
  return loaded;
}

/** Node 23 removed functions that tfjs-node 4.22 calls: https://github.com/tensorflow/tfjs/issues/8609. */
export function restoreRemovedFunctions(): void {
  const util = createRequire(import.meta.url)("node:util") as Record<string, unknown>;
  util["isNullOrUndefined"] ??= (value: unknown): boolean => value === null || value === undefined;
  util["isArray"] ??= Array.isArray;
}

/** The dynamic linker's complaint in words that end with what to do. */
export function explain(message: string, { name }: BindingPackage): string {
  const again = `Run: ${installCommand}`;
  const library = /(\S+\.so[.\d]*|\S+\.dylib): cannot open shared object file/.exec(message)?.[1];
  if (library !== undefined) return `${name} cannot find ${library}, which its addon was built with. ${again}`;
  if (/undefined symbol|Symbol not found/.test(message)) return `${name}'s addon does not fit the TensorFlow library beside it, which was made of another version (${message}). ${again}`;
  if (/GLIBC(XX)?_/.test(message)) return `TensorFlow's library needs a newer C or C++ library than this system has (${message}). Install an older release: ${installCommand} --release 2.15.1`;
  if (/invalid ELF header|wrong ELF class|file too short|incompatible architecture/.test(message)) return `${name}'s addon is damaged, or was made for another kind of machine (${message}). ${again}`;
  return `${name} failed while loading: ${message.replace(/\.?$/, ".")} ${again}`;
}

function unavailable(message: string, cause?: unknown): IdganError {
  return new IdganError("ENGINE_UNAVAILABLE", message, cause);
}
