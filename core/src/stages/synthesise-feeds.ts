import type { BatchDraw, Dataset } from "../contract/dataset.js";
import type { FrozenEncoder } from "../contract/encoder.js";
import type { GanBackbone } from "../contract/gan-backbone.js";
import type { Phase } from "../contract/growth.js";
import type { OptimizerSpec } from "../ops/optimizers/optimizer.js";
import { createStream } from "../ops/random/stream.js";
import { attributed } from "../trace/attributed.js";
import { BatchOrder } from "./batch-order.js";
import { codeImageSize, type CodeSource } from "./code.js";
import type { MakeFeeds, SpareArray } from "./feed-queue.js";
import type { GrowthSchedule } from "./growth-schedule.js";
import { ImageOrder } from "./image-order.js";
import { toRange } from "./pixel-range.js";
import { fade, shrink } from "./shrink.js";
import { drawNoise } from "./step-noise.js";

export interface SynthesiseFeeds {
  readonly backbone: GanBackbone;
  readonly teacher: FrozenEncoder;
  readonly dataset: Dataset;
  readonly seed: number;
  readonly batch: number;
  readonly code: CodeSource;
  readonly generatorOptimizer: OptimizerSpec;
  readonly discriminatorOptimizer: OptimizerSpec;
}

/** One update's images: which, how many, and what they look like. */
interface Showing {
  readonly batch: number;
  readonly real: (spare: SpareArray) => Promise<Float32Array>;
  /** Where codes are drawn from images other than the real ones. */
  readonly codeImages: ((spare: SpareArray) => Promise<Float32Array>) | undefined;
  readonly phase?: Phase;
}

type Purpose = BatchDraw["purpose"];

/** Numbers that are asked of a dataset at once, where images are made smaller: 64 MiB of them. */
const numbersAtOnce = 2 ** 24;

/** The feeds of update `step`: real images, the noise that draws c, and a nuisance and noise for each of the two players. */
export function synthesiseFeeds(settings: SynthesiseFeeds, schedule: GrowthSchedule | undefined): MakeFeeds {
  const { backbone, seed, code, teacher, generatorOptimizer, discriminatorOptimizer } = settings;
  const { generator } = backbone;
  const streamOf = (name: string) => createStream(seed, `synthesise/${name}`);
  const epsilon = streamOf("posterior");
  const discriminatorNuisance = streamOf("nuisance/discriminator");
  const generatorNuisance = streamOf("nuisance/generator");
  const showing = schedule === undefined ? fixedShowing(settings) : growingShowing(settings, schedule);
  return async (step, spare) => {
    const { batch, real, codeImages, phase } = showing(step);
    return {
      real: await real(spare),
      ...(codeImages === undefined ? {} : { codeImages: await codeImages(spare) }),
      ...(code === "mean" ? {} : { epsilon: epsilon.normal(step, batch * teacher.latentDim) }),
      discriminatorNuisance: discriminatorNuisance.normal(step, batch * generator.nuisanceDim),
      generatorNuisance: generatorNuisance.normal(step, batch * generator.nuisanceDim),
      step: Float32Array.of(step),
      generatorLearningRate: Float32Array.of(generatorOptimizer.learningRate * (phase?.generatorRate ?? 1)),
      discriminatorLearningRate: Float32Array.of(discriminatorOptimizer.learningRate * (phase?.discriminatorRate ?? 1)),
      ...(phase === undefined ? {} : { fadeIn: Float32Array.of(phase.fadeIn) }),
      ...drawNoise(backbone.noise?.(batch, phase), streamOf, step),
      ...drawNoise(generator.noise?.(batch, phase), streamOf, step, "discriminatorNoise"),
      ...drawNoise(generator.noise?.(batch, phase), streamOf, step, "generatorNoise"),
    };
  };
}

/** Images of one size in batches of one size. */
function fixedShowing({ backbone, dataset, seed, batch, code }: SynthesiseFeeds): (step: number) => Showing {
  const order = new BatchOrder(seed, "synthesise/shuffle", dataset.size, batch);
  const codeOrder = new BatchOrder(seed, "synthesise/codeShuffle", dataset.size, batch);
  const images = async (from: BatchOrder, step: number, purpose: Purpose, into: Float32Array | undefined) =>
    toRange(await attributed(dataset.name, "DATA_INVALID", () => dataset.batch(from.at(step), { stage: "synthesise", purpose, step, first: 0 }, into)), backbone.generator.output.range);
  return (step) => ({
    batch,
    real: (spare) => images(order, step, "real", spare("real")),
    codeImages: code === "shuffled" ? (spare) => images(codeOrder, step, "codes", spare("codeImages")) : undefined,
  });
}

/** Images at the phase's size, faded in with the generator's; those that codes are drawn from at the encoder's, as sharp as ever. */
function growingShowing({ backbone, teacher, dataset, seed, code }: SynthesiseFeeds, schedule: GrowthSchedule): (step: number) => Showing {
  const { range, height: full, channels } = backbone.generator.output;
  const order = new ImageOrder(seed, "synthesise/shuffle", dataset.size);
  const codeOrder = new ImageOrder(seed, "synthesise/codeShuffle", dataset.size);
  const images = async (indices: Uint32Array, size: number, step: number, purpose: Purpose): Promise<Float32Array> => {
    const pixels = new Float32Array(indices.length * size * size * channels);
    const part = Math.max(1, Math.floor(numbersAtOnce / (full * full * channels)));
    for (let first = 0; first < indices.length; first += part) {
      const whole = await attributed(dataset.name, "DATA_INVALID", () => dataset.batch(indices.subarray(first, first + part), { stage: "synthesise", purpose, step, first }));
      pixels.set(shrink(whole, full, size, channels), first * size * size * channels);
    }
    return toRange(pixels, range);
  };
  return (step) => {
    const { imagesShown, batch, phase } = schedule.at(step);
    const { resolution } = phase;
    const shown = order.after(imagesShown, batch);
    const size = codeImageSize(code, teacher, resolution);
    return {
      batch,
      phase,
      real: async () => fade(await images(shown, resolution, step, "real"), resolution, channels, phase.fadeIn),
      codeImages: size === undefined ? undefined : () => (code === "shuffled" ? images(codeOrder.after(imagesShown, batch), size, step, "codes") : images(shown, size, step, "real")),
    };
  };
}
