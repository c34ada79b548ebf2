import * as tf from "@tensorflow/tfjs";

let silenced = false;

/**
 * Keeps tfjs from printing, at the first tensor of its cpu backend, that it runs in Node.js and would be faster with tfjs-node: idgan's engines
 * do the work. Production mode is tfjs's own switch for its messages; it is on only while that first tensor is made.
 */
export function silenceNodeNotice(): void {
  if (silenced) return;
  silenced = true;
  // tfjs replaces its cpu backend when it first chooses one, so it must have chosen.
  if (!tf.getBackend()) tf.backend();
  const backend = tf.findBackend("cpu");
  if (!backend) return;
  const production = tf.env().getBool("PROD");
  tf.env().set("PROD", true);
  try {
    backend.disposeData(backend.write(new Float32Array(1), [1], "float32"));
  } finally {
    tf.env().set("PROD", production);
  }
}
