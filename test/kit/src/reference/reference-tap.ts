import { definePlugin, nonNegative, type TapPlugin } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";

export interface ReferenceTapOptions {
  readonly weight: number;
}

/** A tap that passes every check: it asks for codes of a small norm, in both stages. */
export const referenceTap: TapPlugin<ReferenceTapOptions> = definePlugin<ReferenceTapOptions>({
  kind: "tap",
  name: "@idgan/reference-tap",
  core: "^0.1.0",
  options: { weight: { doc: "Weight of the squared norm of the posterior's mean.", format: nonNegative, default: 0.01 } },
  apply(hooks, { weight }) {
    hooks.vaeLoss.tap("reference", (terms, { posterior }) => [...terms, { name: "norm", value: tf.mean(tf.square(posterior.mean)), weight }]);
    hooks.generatorLoss.tap("reference", (terms, { posterior }) => [...terms, { name: "norm", value: tf.mean(tf.square(posterior.mean)), weight }]);
  },
});
