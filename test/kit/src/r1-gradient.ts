import { createStream, fillNoise, gradientPenalty, type Engine, type GanBackbone, type Growth, type Phase, type Step } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import assert from "node:assert/strict";
import { signedPixels } from "./gan-subject.js";
import type { Sample } from "./sample.js";
import { runStep } from "./sample-engine.js";
import { allFinite } from "./values.js";
import { directionOf, directions, rootMeanSquare, type Direction, type Weight } from "./weight-direction.js";

/** Lengths of a step, relative to the weights. The shorter ones are for large networks of ReLUs, whose kinks a longer step crosses. */
const strides = [1e-3, 1e-4, 1e-5] as const;
/** Largest error of the median difference relative to the larger of the two values; curvature leaves 1e-5 or so, the rest is float32's. */
const tolerance = 0.02;
/** Error of a difference that float32 may make, relative to R1 itself: some sixteen units in the last place. */
const rounding = 1e-6;
/** Names of the inputs beside those of the backbone's noise. */
const [images, fading] = ["testkit/images", "testkit/fade-in"] as const;

interface Difference {
  readonly analytic: number;
  readonly numeric: number;
}

/** R1 and its gradient on one batch of images, as the engine computes them. */
interface Penalty {
  value(): Promise<number>;
  readonly level: number;
  readonly gradients: Readonly<Record<string, Float32Array>>;
}

/** Compares the gradient of R1 with respect to each weight with central differences along several directions, on two batches in turn; of a GAN that grows, in every phase. */
export async function assertR1Gradient(engine: Engine, backbone: GanBackbone, sample: Sample): Promise<void> {
  for (const phase of backbone.growth ? phasesOf(backbone.growth, sample) : [undefined]) await assertPhase(engine, backbone, sample, phase);
}

async function assertPhase(engine: Engine, backbone: GanBackbone, { size: finished, ...rest }: Sample, phase: Phase | undefined): Promise<void> {
  const { discriminator } = backbone;
  const sample = { ...rest, size: phase?.resolution ?? finished };
  const { batch, size, channels } = sample;
  const weights = Object.entries(discriminator.trained?.(phase) ?? discriminator.weights);
  const specs = backbone.noise?.(batch, phase) ?? {};
  const inputs = { ...Object.fromEntries(Object.entries(specs).map(([name, { shape }]) => [name, shape])), [images]: [batch, size, size, channels], [fading]: [] };
  const penalty = ({ [images]: real, [fading]: fadeIn, ...noise }: Readonly<Record<string, tf.Tensor>>): tf.Scalar =>
    gradientPenalty((x) => discriminator.logits(x, noise, phase && { key: phase.key, resolution: phase.resolution, fadeIn: fadeIn as tf.Scalar }), real as tf.Tensor4D);
  const slope: Step = {
    name: "testkit-r1-gradient",
    inputs,
    run(given) {
      const { grads } = tf.variableGrads(() => penalty(given), weights.map(([, variable]) => variable));
      return Object.fromEntries(weights.map(([name, variable]) => [name, grads[variable.name] ?? tf.zeros(variable.shape)]));
    },
  };
  const level: Step = { name: "testkit-r1", inputs, run: (given) => ({ r1: penalty(given) }) };
  const compiled = await engine.compile(level);
  const penalties: Penalty[] = [];
  for (const seed of [sample.seed, sample.seed + 1]) {
    const noise = Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, fillNoise(spec, createStream(seed, `testkit/${name}`), 0)]));
    const feeds = { ...noise, [images]: signedPixels({ ...sample, seed }), [fading]: Float32Array.of(phase?.fadeIn ?? 1) };
    const value = async (): Promise<number> => (await compiled.run(feeds))["r1"]?.[0] ?? Number.NaN;
    const [gradients = {}] = await runStep(engine, slope, feeds);
    const present = await value();
    assert.ok(present > 0, `R1 is ${present}: the logits do not depend on the image.`);
    penalties.push({ value, level: present, gradients });
  }
  const overall = rootMeanSquare(await Promise.all(weights.map(([, variable]) => engine.read(variable))));
  const where = phase ? ` in phase ${phase.key}` : "";
  for (const [name, variable] of weights) await assertDerivatives(engine, penalties, { name, variable, overall: overall || 1, where });
  await compiled.dispose();
}

/** A phase of each key, in the middle of its fading where it fades, up to the one in which the images are finished. */
function phasesOf(growth: Growth, { batch, size }: Sample): readonly Phase[] {
  const found = new Map<string, Phase>();
  for (let shown = 0; ; shown += batch) {
    const phase = growth.phase(shown);
    const known = found.get(phase.key);
    if (!known || Math.abs(phase.fadeIn - 0.5) < Math.abs(known.fadeIn - 0.5)) found.set(phase.key, phase);
    if (phase.resolution === size && phase.fadeIn === 1) return [...found.values()];
  }
}

async function assertDerivatives(engine: Engine, penalties: readonly Penalty[], weight: Weight): Promise<void> {
  const { name, where } = weight;
  for (const { gradients } of penalties) assert.ok(allFinite(gradients[name] ?? new Float32Array()), `R1's gradient with respect to "${name}" is not finite${where}.`);
  let worst: Difference | undefined;
  let longer: readonly Difference[] = [];
  for (const stride of strides) {
    const differences: (Difference & { readonly excess: number })[] = [];
    for (const [i, direction] of directions.entries()) {
      const penalty = penalties[i % penalties.length] as Penalty;
      const difference = await differenceAlong(engine, penalty, weight, stride, directionOf(direction, i));
      const { analytic, numeric } = difference;
      const allowed = tolerance * Math.max(Math.abs(analytic), Math.abs(numeric)) + rounding * penalty.level;
      differences.push({ analytic, numeric, excess: Math.abs(analytic - numeric) / allowed });
    }
    const smooth = differences.filter((difference, i) => difference.excess <= 1 || !isJump(difference, longer[i]));
    const median = smooth.toSorted((a, b) => a.excess - b.excess)[smooth.length >> 1];
    if (median && median.excess <= 1) return;
    worst ??= median;
    longer = differences;
  }
  assert.fail(
    `R1 changes by ${worst?.numeric} along a direction of "${name}"${where}, and by ${worst?.analytic} by its gradient (tolerance ${tolerance}). ` +
      "An op of the discriminator has a wrong second derivative.",
  );
}

/** Whether a difference does not shrink with its step: a kink of a ReLU lies within the step, and R1 has no derivative there. */
function isJump({ numeric }: Difference, longer: Difference | undefined): boolean {
  return longer !== undefined && Math.abs(numeric - longer.numeric) < 0.1 * Math.abs(numeric);
}

async function differenceAlong(engine: Engine, { value, gradients }: Penalty, weight: Weight, stride: number, direction: Direction): Promise<Difference> {
  const { name, variable } = weight;
  const original = await engine.read(variable);
  const step = direction(weight, original);
  const ahead = original.map((number, k) => number + stride * (step[k] ?? 0));
  const behind = original.map((number, k) => number - stride * (step[k] ?? 0));
  const at = async (values: Float32Array): Promise<number> => {
    await engine.write(variable, values);
    return value();
  };
  const numeric = (await at(ahead)) - (await at(behind));
  await engine.write(variable, original);
  // The step as float32 stores it, not as it was meant.
  const analytic = (gradients[name] ?? new Float32Array()).reduce((sum, partial, k) => sum + partial * ((ahead[k] ?? 0) - (behind[k] ?? 0)), 0);
  return { analytic, numeric };
}
