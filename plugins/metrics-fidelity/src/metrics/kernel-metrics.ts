// Kernel inception distance, and its like on other features: Bińkowski 2018, https://arxiv.org/abs/1801.01401.
import { createStream, defineMetric, integerFrom, positiveInteger, type Metric } from "@idgan/core";
import { featuresOf } from "../extractors/feature-set.js";
import { madeImages, realImages } from "../extractors/image-source.js";
import { kernelDistance } from "../numerics/kernel-distance.js";
import { extractorNotes, imageOptions, labelOf, lackOf, withExtractor, type ExtractorName, type ImageOptions } from "./image-options.js";

interface KernelOptions extends ImageOptions {
  readonly subset: number;
  readonly subsets: number;
}

/** KID, and its like on another extractor, which is not called so. */
export function kernelMetric(extractor: ExtractorName): Metric {
  const name = extractor === "inception2015" ? "kid" : "kernel-distance";
  const of = extractor === "encoder" ? "the run's own codes" : extractor;
  return defineMetric<KernelOptions>({
    name,
    protocol: extractor,
    doc: `${name === "kid" ? "Kernel inception distance (Bińkowski 2018)" : `Kernel distance (Bińkowski 2018) of ${of}`}: squared maximum mean discrepancy of a cubic kernel, without bias, mean over subsets.`,
    higherIsBetter: false,
    needs: "generator",
    options: {
      ...imageOptions(extractor),
      subset: { doc: "Images in each subset.", format: integerFrom(2), default: 1000 },
      subsets: { doc: "Subsets of either side, drawn without replacement.", format: positiveInteger, default: 100 },
    },
    lacks: ({ weights }) => lackOf(extractor, weights),
    measure: (measurement, options) =>
      withExtractor(measurement, extractor, options, async (opened) => {
        const [fake, real] = [await madeImages(measurement, options.samples, options.of), await realImages(measurement, options.real, options.of)];
        const [ofFake, ofReal] = [await featuresOf(measurement, opened, fake), await featuresOf(measurement, opened, real)];
        const { engine, seed, track } = measurement;
        const subset = Math.min(options.subset, fake.count, real.count);
        const { value, deviation } = await track("subsets", options.subsets, (advance) =>
          kernelDistance(ofFake, ofReal, opened.featureCount, { subset, subsets: options.subsets, stream: createStream(seed, "fidelity/kernel"), engine, advance }),
        );
        return {
          value,
          label: labelOf(name, opened, fake, real, options.of),
          parts: { deviation, subset },
          notes: [...(subset < options.subset ? [`Subsets are of ${subset} images, as many as there are, instead of ${options.subset}.`] : []), ...extractorNotes(extractor, "a KID")],
        };
      }),
  }) as Metric;
}
