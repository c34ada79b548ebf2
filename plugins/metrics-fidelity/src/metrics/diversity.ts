// Diversity as the mean LPIPS between pairs of images: Zhu 2017 (BicycleGAN), https://arxiv.org/abs/1711.11586, section 5.2; by LPIPS version 0.1.
import { defineMetric, defineOptions, viewingBatch, type Measurement, type Metric, type TrainedGenerator } from "@idgan/core";
import { drawLatents, madeImages, realImages, type ImageSource } from "../extractors/image-source.js";
import type { LpipsBackbone } from "../networks/lpips.js";
import { weightsOption } from "./image-options.js";
import { lpipsLack, pairsOption, withLpips, type PerceptualStep } from "./perceptual-step.js";

/** Pixels of the two images of pairs `start` to `end`. */
type Pairs = (start: number, end: number) => Promise<readonly [Float32Array, Float32Array]>;

/** LPIPS diversity on a backbone: of all images, of one code, of one nuisance, and of the data. */
export function diversityMetric(backbone: LpipsBackbone): Metric {
  return defineMetric({
    name: "lpips-diversity",
    protocol: backbone,
    doc: `Mean LPIPS on ${backbone} between two generated images (Zhu 2017); beside it of two with the same c, of two with the same s, and of two real ones.`,
    higherIsBetter: null,
    needs: "generator",
    options: defineOptions({ pairs: pairsOption("Pairs of each kind.", 2000), weights: weightsOption }),
    lacks: ({ weights }) => lpipsLack(backbone, weights),
    measure: (measurement, { pairs, weights }) =>
      withLpips(backbone, measurement.engine, weights, async (step) => {
        const generator = await measurement.openGenerator();
        const [fake, real] = [await madeImages(measurement, 2 * pairs), await realImages(measurement, 2 * pairs)];
        const mean = (what: string, of: Pairs, count = pairs) => meanDistance(measurement, step, generator, { what, count, of });
        const value = await mean("pairs", neighbours(fake, pairs));
        const sameCode = generator.nuisanceDim === 0 ? 0 : await mean("pairs of one c", await sharing("c", measurement, generator, pairs));
        const sameNuisance = generator.nuisanceDim === 0 ? value : await mean("pairs of one s", await sharing("s", measurement, generator, pairs));
        const realPairs = Math.floor(real.count / 2);
        const ofData = realPairs === 0 ? 0 : await mean("pairs of real images", neighbours(real, realPairs), realPairs);
        return {
          value,
          label: `lpips-diversity@${backbone} (${pairs} pairs, images ${step.resizeOf(generator.image)})`,
          parts: { sameCode, sameNuisance, real: ofData },
          notes: realPairs < pairs ? [`Of real images there are ${realPairs} pairs.`] : [],
        };
      }),
  }) as Metric;
}

async function meanDistance({ track }: Measurement, step: PerceptualStep, { image }: TrainedGenerator, { what, count, of }: { readonly what: string; readonly count: number; readonly of: Pairs }): Promise<number> {
  const batch = viewingBatch(image);
  let sum = 0;
  await track(what, count, async (advance) => {
    for (let start = 0; start < count; start += batch) {
      const end = Math.min(count, start + batch);
      const [a, b] = await of(start, end);
      sum += (await step.distances(a, b, image)).reduce((total, distance) => total + distance, 0);
      advance(end - start);
    }
  });
  return sum / count;
}

/** Each image of the first `pairs` with the one `pairs` further on. */
function neighbours(source: ImageSource, pairs: number): Pairs {
  return async (start, end) => [await source.pixels(start, end), await source.pixels(pairs + start, pairs + end)];
}

/** Pairs of generated images that share their code or their nuisance. */
async function sharing(shared: "c" | "s", measurement: Measurement, generator: TrainedGenerator, pairs: number): Promise<Pairs> {
  const { s, c } = await drawLatents(measurement, 2 * pairs);
  const { nuisanceDim, latentDim } = generator;
  const part = (values: Float32Array, width: number, start: number, end: number, second: boolean) => values.subarray((start + (second ? pairs : 0)) * width, (end + (second ? pairs : 0)) * width);
  const image = (start: number, end: number, second: boolean) =>
    generator.generate(part(s, nuisanceDim, start, end, second && shared !== "s"), part(c, latentDim, start, end, second && shared !== "c"));
  return async (start, end) => [await image(start, end, false), await image(start, end, true)];
}
