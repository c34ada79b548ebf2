// Improved precision and recall: Kynkäänniemi 2019, https://arxiv.org/abs/1904.06991. Density and coverage: Naeem 2020, https://arxiv.org/abs/2002.09797.
import { defineMetric, IdganError, positiveInteger, type Measurement, type Metric } from "@idgan/core";
import type { FeatureExtractor } from "../extractors/feature-extractor.js";
import { featuresOf } from "../extractors/feature-set.js";
import { madeImages, realImages, type ImageSource } from "../extractors/image-source.js";
import { manifoldScores, type ManifoldScores } from "../numerics/manifolds.js";
import { imageOptions, labelOf, lackOf, withExtractor, type ExtractorName, type ImageOptions } from "./image-options.js";

interface ManifoldOptions extends ImageOptions {
  readonly neighbours: number;
}

const docs: Readonly<Record<keyof ManifoldScores, string>> = {
  precision: "Improved precision (Kynkäänniemi 2019): share of generated images within reach of a real one's neighbours",
  recall: "Improved recall (Kynkäänniemi 2019): share of real images within reach of a generated one's neighbours",
  density: "Density (Naeem 2020): real neighbourhoods that a generated image lies in, over the neighbours that define one",
  coverage: "Coverage (Naeem 2020): share of real images with a generated one in their neighbourhood",
};

/** The neighbour that the papers take. */
const publishedNeighbours: Readonly<Record<keyof ManifoldScores, number>> = { precision: 3, recall: 3, density: 5, coverage: 5 };

/** Whose neighbours a score looks at. */
const others: Readonly<Record<keyof ManifoldScores, keyof ManifoldScores>> = { precision: "recall", recall: "precision", density: "coverage", coverage: "density" };

/** One of the four scores on an extractor; those of the same neighbours are computed together. */
export function manifoldMetric(score: keyof ManifoldScores, extractor: ExtractorName): Metric {
  return defineMetric<ManifoldOptions>({
    name: score,
    protocol: extractor,
    doc: `${docs[score]}, by features of ${extractor === "encoder" ? "the run's own encoder" : extractor}.`,
    higherIsBetter: true,
    needs: "generator",
    options: { ...imageOptions(extractor), neighbours: { doc: "Which neighbour's distance is an image's reach.", format: positiveInteger, default: publishedNeighbours[score] } },
    lacks: ({ weights }) => lackOf(extractor, weights),
    measure: (measurement, options) =>
      withExtractor(measurement, extractor, options, async (opened) => {
        const sources = { fake: await madeImages(measurement, options.samples, options.of), real: await realImages(measurement, options.real, options.of) };
        const scores = await scoresOf(measurement, opened, sources, options.neighbours);
        const other = others[score];
        return {
          value: scores[score],
          label: `${labelOf(score, opened, sources.fake, sources.real, options.of)}, k ${options.neighbours}`,
          parts: { [other]: scores[other] },
          notes: extractor === "encoder" ? ["The encoder's codes are blind to what the encoder does not see, such as sharpness."] : [],
        };
      }),
  }) as Metric;
}

async function scoresOf(measurement: Measurement, opened: FeatureExtractor, { fake, real }: { readonly fake: ImageSource; readonly real: ImageSource }, neighbours: number): Promise<ManifoldScores> {
  const fewest = Math.min(fake.count, real.count);
  if (fewest <= neighbours) throw new IdganError("METRIC_INPUT", `The ${neighbours} nearest neighbours of an image take more than ${fewest} images. Raise the option samples, or lower neighbours.`);
  const { engine, remember, track } = measurement;
  return remember(`@idgan/plugin-metrics-fidelity manifolds ${opened.name} ${opened.hash} ${neighbours} ${fake.key} ${real.key}`, async () => {
    const [ofReal, ofFake] = [await featuresOf(measurement, opened, real), await featuresOf(measurement, opened, fake)];
    return track("distances", 2 * real.count + fake.count, (advance) => manifoldScores(ofReal, ofFake, opened.featureCount, { neighbours, densityNeighbours: neighbours, engine, advance }));
  });
}
