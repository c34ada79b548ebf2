import { createStream, IdganError, type Codes, type Measurement, type Subject } from "@idgan/core";
import type { FactorSource } from "./factor-source.js";
import type { Matrix } from "../numerics/matrix.js";
import { isConstant } from "../numerics/statistics.js";
import { allLabelsOf, factorValuesOf, type LabelledCodes } from "./labelled-codes.js";

/** Images in one call of `encode`: enough to keep an encoder busy, few enough to stay small in memory. */
export const imagesAtOnce = 8192;

/** Beyond it the variance is infinite. */
const greatestLogVar = 700;

/** Posteriors of these images; throws `METRIC_INPUT` where one is not finite, because every score would be NaN. */
export async function encodeFinite(subject: Subject, indices: ArrayLike<number>): Promise<Codes> {
  const codes = await subject.encode(indices);
  const place = faultOf(codes);
  if (place >= 0) {
    const image = indices[Math.floor(place / subject.latentDim)];
    throw new IdganError("METRIC_INPUT", `${subject.name} gives image ${image} a code of mean ${codes.mean[place]} and log variance ${codes.logVar[place]}. The encoder has diverged: evaluate an earlier checkpoint, or train it again at a lower learning rate.`);
  }
  return codes;
}

/** Place of the first mean that is not finite, or log variance that is too large or NaN; -1 where all is well. */
function faultOf({ mean, logVar }: Codes): number {
  for (let place = 0; place < mean.length; place += 1) {
    const [value, spread] = [mean[place] ?? Number.NaN, logVar[place] ?? Number.NaN];
    if (!(Math.abs(value) < Infinity && spread < greatestLogVar)) return place;
  }
  return -1;
}

/**
 * Images drawn uniformly and with replacement, as disentanglement_lib draws them. `part` keys the draw, so that scores that ask for the same
 * part look at the same images; a longer draw begins with the shorter one.
 */
export function drawImages({ dataset, seed }: Measurement, count: number, part: "train" | "test"): Uint32Array {
  return createStream(seed, `metric/${part}`).integers(0, count, dataset.size);
}

/** Means of q(c|x), `[indices.length, latentDim]`. */
export async function encodeMeans(subject: Subject, indices: ArrayLike<number>): Promise<Matrix> {
  const { mean } = await encodeFinite(subject, indices);
  return { rows: indices.length, columns: subject.latentDim, values: mean };
}

export async function drawLabelled(measurement: Measurement, source: FactorSource, count: number, part: "train" | "test"): Promise<LabelledCodes> {
  const indices = drawImages(measurement, count, part);
  return { codes: await encodeMeans(measurement, indices), factors: factorValuesOf(source.read(indices), source.names.length) };
}

/** Throws `METRIC_INPUT` where the dataset has fewer images than the options ask for: the draw would see most of them many times over. */
export function requireImages({ dataset }: Subject, score: string, options: Readonly<Record<string, number>>): void {
  const needed = Object.values(options).reduce((sum, count) => sum + count, 0);
  if (dataset.size < needed) {
    const names = Object.keys(options);
    const flags = names.map((option) => `--set ${bareNameOf(score)}.${option}=N`).join(" ");
    const remedy = names.length === 1 ? `Lower it with ${flags}` : `Lower them with ${flags}`;
    throw new IdganError("METRIC_INPUT", `${score} takes ${needed} images (${names.join(" and ")}), and ${dataset.name} has ${dataset.size}. ${remedy}; the score is then not comparable with published ones.`);
  }
}

/** Throws `METRIC_INPUT` where all labels of one labelling are the same, which no classifier can be trained on; `fact` says so in words. */
export function requireTwoValues(score: string, labellings: readonly ArrayLike<number>[], fact: (place: number) => string): void {
  const place = labellings.findIndex(isConstant);
  if (place >= 0) {
    throw new IdganError("METRIC_INPUT", `${score}: ${fact(place)}, and a classifier needs two; raise ${bareNameOf(score)}.train.`);
  }
}

/** `requireTwoValues` of each factor, on the images that classifiers are trained on. */
export function requireVaried(score: string, { names }: FactorSource, { factors }: LabelledCodes): void {
  requireTwoValues(score, allLabelsOf(factors), (factor) => `all ${factors.rows} train images have one value of ${names[factor]}`);
}

/** A score as options name it: without its protocol. */
export function bareNameOf(score: string): string {
  return score.slice(0, score.indexOf("@"));
}
