import { createEagerEngine, definePlugin, type EnginePlugin } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";

/** Core's eager engine as a plugin: the one that others are compared with. */
export const referenceEngine: EnginePlugin<object> = definePlugin<object>({
  kind: "engine",
  name: "@idgan/reference-engine",
  core: "^0.1.0",
  options: {},
  create: async () => createEagerEngine(),
  probe: async () => ({ available: true, lines: [`TensorFlow.js ${tf.version.tfjs} on the CPU`] }),
});
