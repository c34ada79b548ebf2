import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../contract/error.js";

function activate(name: string): void {
  // setBackend returns a promise, but does its work at once for a backend that is ready.
  void tf.setBackend(name).catch(() => {});
  if (tf.getBackend() !== name || tf.findBackend(name) === null) {
    throw new IdganError("ENGINE_UNAVAILABLE", `The tfjs backend "${name}" is not ready. Call \`await tf.setBackend("${name}")\` first.`);
  }
}

/** Runs `body` on a tfjs backend that is ready, and makes the one from before active again. */
export function onBackend<Result>(name: string, body: () => Result): Result {
  if (!tf.getBackend()) tf.backend();
  const before = tf.getBackend();
  if (before === name) return body();
  activate(name);
  try {
    return body();
  } finally {
    activate(before);
  }
}
