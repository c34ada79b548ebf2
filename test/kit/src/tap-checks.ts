import { createHooks, IdganError, traceStep, type Hooks, type LossTerm, type Step, type TapPlugin } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import assert from "node:assert/strict";
import { createCheck, registeredVariables, type Check } from "./check.js";
import { kindChecks } from "./option-checks.js";
import { completeSample, optionsOf, type Sample } from "./sample.js";
import { rememberSurroundings } from "./surroundings.js";

/** Hooks through which a tap changes what is minimised. */
const lossHooks = ["vaeLoss", "discriminatorLoss", "generatorLoss"] as const;
type LossHook = (typeof lossHooks)[number];

/** What a tap plugin promises to the run that it joins. */
export function tapChecks(plugin: TapPlugin, partial: Partial<Sample> = {}): readonly Check[] {
  const sample = completeSample(partial);
  const tapped = (): Hooks => {
    const hooks = createHooks();
    plugin.apply(hooks, optionsOf(plugin, sample));
    return hooks;
  };
  return kindChecks("tap", plugin, sample, () => [
    createCheck("taps a hook, and does nothing else when it is applied", () => {
      const surroundings = rememberSurroundings();
      const [tensors, variables] = [tf.memory().numTensors, registeredVariables().size];
      try {
        const hooks = tapped();
        assert.ok(Object.values(hooks).some((hook) => hook.taps.length > 0), "apply() tapped no hook.");
        assert.equal(tf.memory().numTensors - tensors, 0, "apply() made tensors; make them in a tap.");
        assert.equal(registeredVariables().size - variables, 0, "apply() made variables, which nothing would save.");
        surroundings.assertSame();
      } finally {
        surroundings.restore();
      }
    }),
    createCheck("does the same each time it is applied", () => {
      const counts = [tapped(), tapped()].map((hooks) => Object.values(hooks).map((hook) => hook.taps.length));
      assert.deepEqual(counts[0], counts[1], "Applied a second time, it tapped other hooks.");
    }),
    createCheck("returns terms from every loss hook that it taps", () => {
      for (const name of lossHooks) {
        const hooks = tapped();
        tf.tidy(() => assertTerms(name, callHook(hooks, name, madeUp(sample), true)));
      }
    }),
    createCheck("survives a loss without terms", () => {
      for (const name of lossHooks) {
        const hooks = tapped();
        tf.tidy(() => void unlessInvalid(() => callHook(hooks, name, madeUp(sample), false)));
      }
    }),
    createCheck("can be traced: it reads no tensor, draws no random number and captures no large constant", () => {
      for (const name of lossHooks) {
        const hooks = tapped();
        const step: Step<Material> = {
          name: `testkit-${name}`,
          inputs: shapesOf(sample),
          run(inputs) {
            const terms = unlessInvalid(() => callHook(hooks, name, inputs, true)) ?? [];
            return Object.fromEntries(terms.map(({ value }, i) => [`term${i}`, value]));
          },
        };
        traceStep(step);
      }
    }),
  ]);
}

type Material = "first" | "second" | "weight" | "step" | "images" | "otherImages" | "s" | "c" | "mean" | "logVar";
type Materials = Readonly<Record<Material, tf.Tensor>>;

/** Shapes of all that a loss hook's terms and step are made of. */
function shapesOf({ batch, size, channels, latentDim, nuisanceDim }: Sample): Readonly<Record<Material, readonly number[]>> {
  const images = [batch, size, size, channels];
  const codes = [batch, latentDim];
  return { first: [], second: [], weight: [], step: [], images, otherImages: images, s: [batch, nuisanceDim], c: codes, mean: codes, logVar: codes };
}

/** Tensors of those shapes, each of a number of its own between 0 and 1. */
function madeUp(sample: Sample): Materials {
  const filled = Object.entries(shapesOf(sample)).map(([name, shape], i) => [name, tf.mul(tf.ones([...shape]), (i + 1) / 16)]);
  return Object.fromEntries(filled) as Materials;
}

/** Calls a loss hook as the stages do, with two terms or with none. */
function callHook(hooks: Hooks, name: LossHook, materials: Materials, withTerms: boolean): readonly LossTerm[] {
  const { first, second, weight, step, images, otherImages, s, c, mean, logVar } = materials as Readonly<Record<Material, never>>;
  const terms: readonly LossTerm[] = [
    { name: "first", value: first, weight: 1 },
    { name: "second", value: second, weight, minimise: false },
  ];
  const posterior = { mean, logVar };
  const given = withTerms ? terms : [];
  switch (name) {
    case "vaeLoss":
      return hooks.vaeLoss.call(given, { step, x: images, reconstruction: otherImages, posterior, c, noise: {} });
    case "discriminatorLoss":
      return hooks.discriminatorLoss.call(given, { step, real: images, fake: otherImages, noise: {} });
    case "generatorLoss":
      return hooks.generatorLoss.call(given, { step, fake: images, s, c, posterior, noise: {} });
  }
}

/** What a tap returned instead of terms is for the check of terms to say. */
function unlessInvalid<Result>(body: () => Result): Result | undefined {
  try {
    return body();
  } catch (error) {
    if (error instanceof IdganError && error.code === "TAP_INVALID") return undefined;
    throw error;
  }
}

function assertTerms(hook: LossHook, terms: readonly LossTerm[]): void {
  const names = terms.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length, `Two terms after ${hook} bear one name: ${names.join(", ")}.`);
  for (const { name, value, weight } of terms) {
    assert.ok(value instanceof tf.Tensor && value.rank === 0, `The term "${name}" after ${hook} is no scalar.`);
    assert.ok(Number.isFinite(value.dataSync()[0]), `The term "${name}" after ${hook} is ${value.dataSync()[0]}.`);
    assert.ok(typeof weight === "number" ? Number.isFinite(weight) : weight.rank === 0, `The term "${name}" after ${hook} has no weight.`);
  }
}
