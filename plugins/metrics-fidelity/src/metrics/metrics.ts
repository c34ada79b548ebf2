import type { Metric } from "@idgan/core";
import { diversityMetric } from "./diversity.js";
import { frechetMetric } from "./frechet-metrics.js";
import { extractorNames } from "./image-options.js";
import { kernelMetric } from "./kernel-metrics.js";
import { manifoldMetric } from "./manifold-metrics.js";
import { pathLengthMetric } from "./path-length.js";

/** Every score of the plugin, in the order in which tables show them. */
export const metrics: readonly Metric[] = [
  ...extractorNames.flatMap((extractor) => [
    frechetMetric(extractor),
    kernelMetric(extractor),
    ...(["precision", "recall", "density", "coverage"] as const).map((score) => manifoldMetric(score, extractor)),
  ]),
  ...(["vgg16", "squeezenet"] as const).flatMap((backbone) => [pathLengthMetric(backbone), diversityMetric(backbone)]),
];
