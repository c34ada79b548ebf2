import { createRequire } from "node:module";
import { IdganError, messageOf } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import type { Binding } from "./binding.js";
import { installCommand, lostPart, readRecord } from "./install-record.js";
import { explainLoading } from "./loading-failure.js";
import { hasAddon, installedPackages, type BindingPackage } from "./packages.js";

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
  const lost = lostPart(ready);
  if (lost !== undefined) throw unavailable(lost);
  const before = tf.getBackend() || "cpu";
  restoreRemovedFunctions();
  try {
    createRequire(import.meta.url)(ready.folder);
  } catch (error) {
    throw unavailable(explainLoading(messageOf(error), ready.name, readRecord(ready)?.command ?? installCommand), error);
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

function unavailable(message: string, cause?: unknown): IdganError {
  return new IdganError("ENGINE_UNAVAILABLE", message, cause);
}
