import type { Hooks, LossTerm, TapPlugin } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { referenceTap } from "../reference/reference-tap.js";
import type { Broken } from "./broken.js";

/** Whether `applied twice` has been applied before. */
let applied = 0;

/** The reference tap with one fault each. */
export const brokenTaps: readonly Broken<TapPlugin>[] = [
  broken("taps nothing", "taps a hook", () => undefined),
  broken("makes a variable", "taps a hook", (hooks) => {
    tf.tidy(() => tf.variable(tf.scalar(1)));
    referenceTap.apply(hooks, { weight: 1 });
  }),
  broken("replaces Math.random", "taps a hook", (hooks) => {
    const { random } = Math;
    Math.random = () => random();
    referenceTap.apply(hooks, { weight: 1 });
  }),
  broken("taps another hook the second time", "each time it is applied", (hooks) => {
    applied += 1;
    referenceTap.apply(hooks, { weight: 1 });
    if (applied % 2 === 0) hooks.afterStep.tap("counting", () => undefined);
  }),
  losing("returns nothing", "returns terms", () => undefined as never),
  losing("adds a term that is there already", "returns terms", (terms) => [...terms, { name: "first", value: tf.scalar(1), weight: 1 }]),
  losing("adds a term for each image", "returns terms", (terms) => [...terms, { name: "each", value: tf.zeros([4]) as tf.Scalar, weight: 1 }]),
  losing("takes the first term for granted", "a loss without terms", ([first, ...rest]) => [{ ...(first as LossTerm), value: tf.neg((first as LossTerm).value) }, ...rest]),
  losing("reads a tensor", "can be traced", (terms) => [...terms, { name: "norm", value: tf.scalar((terms[0]?.value ?? tf.scalar(1)).dataSync()[0] ?? 1), weight: 1 }]),
];

function broken(fault: string, fails: string, apply: (hooks: Hooks) => void): Broken<TapPlugin> {
  return { fault, fails, plugin: { ...referenceTap, apply } };
}

function losing(fault: string, fails: string, change: (terms: readonly LossTerm[]) => readonly LossTerm[]): Broken<TapPlugin> {
  return broken(fault, fails, (hooks) => hooks.vaeLoss.tap("broken", change));
}
