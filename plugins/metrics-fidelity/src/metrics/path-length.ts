// Perceptual path length: Karras 2019 (StyleGAN), https://arxiv.org/abs/1812.04948, section 4.1, in the generator's input space, by LPIPS version 0.1.
import { createStream, defineMetric, defineOptions, integerFrom, oneOf, positive, viewingBatch, type DrawnLatents, type Measurement, type Metric, type TrainedGenerator } from "@idgan/core";
import { drawLatents } from "../extractors/image-source.js";
import type { LpipsBackbone } from "../networks/lpips.js";
import { withinPercentiles } from "../numerics/percentile.js";
import { weightsOption } from "./image-options.js";
import { lpipsLack, withLpips } from "./perceptual-step.js";

/** What moves along a path. */
type Along = "both" | "c" | "s";

/** Percentiles of distances outside which StyleGAN leaves paths out. */
const [low, high] = [1, 99];

/** Paths are seen in as many images as the published 50,000, or, on the small network, in fewer. */
const samplesOf: Readonly<Record<LpipsBackbone, number>> = { vgg16: 50_000, squeezenet: 10_000 };

/** PPL by LPIPS on a backbone. */
export function pathLengthMetric(backbone: LpipsBackbone): Metric {
  return defineMetric({
    name: "ppl",
    protocol: backbone,
    doc: `Perceptual path length (Karras 2019) along straight lines between inputs (s, c): how fast the image changes, by LPIPS on ${backbone}.`,
    higherIsBetter: false,
    needs: "generator",
    options: defineOptions({
      samples: { doc: "Paths, each seen at one place.", format: integerFrom(2), default: samplesOf[backbone] },
      epsilon: { doc: "Length of the step along a path of length 1.", format: positive, default: 1e-4 },
      along: { doc: "What moves: s and c together, c for one s, or s for one c.", format: oneOf("both", "c", "s"), default: "both" },
      at: { doc: "Where a path is seen: anywhere (full), or at its beginning, where no input is a mixture (end).", format: oneOf("full", "end"), default: "full" },
      weights: weightsOption,
    }),
    lacks: ({ weights }) => lpipsLack(backbone, weights),
    measure: (measurement, { samples, epsilon, along, at, weights }) =>
      withLpips(backbone, measurement.engine, weights, async ({ distances, resizeOf }) => {
        const generator = await measurement.openGenerator();
        const paths = await pathsOf(measurement, generator, samples, along, at);
        const batch = viewingBatch(generator.image);
        const lengths = new Float64Array(samples);
        await measurement.track(`paths, ${backbone}`, samples, async (advance) => {
          for (let start = 0; start < samples; start += batch) {
            const end = Math.min(samples, start + batch);
            const [a, b] = [await imagesAt(generator, paths, 0, start, end), await imagesAt(generator, paths, epsilon, start, end)];
            lengths.set((await distances(a, b, generator.image)).map((distance) => distance / epsilon ** 2), start);
            advance(end - start);
          }
        });
        const kept = withinPercentiles(lengths, low, high);
        const value = kept.reduce((sum, length) => sum + length, 0) / kept.length;
        return {
          value,
          label: `ppl@${backbone} (${samples} paths, ${along === "both" ? "s and c" : along}, ${at}, images ${resizeOf(generator.image)})`,
          parts: { kept: kept.length, whole: lengths.reduce((sum, length) => sum + length, 0) / samples },
          notes: backbone === "vgg16" ? [] : ["Published path lengths are by LPIPS on VGG16: compare this one with numbers of the same network alone."],
        };
      }),
  }) as Metric;
}

interface Paths {
  readonly from: DrawnLatents;
  readonly to: DrawnLatents;
  readonly at: Float32Array;
}

async function pathsOf(measurement: Measurement, { nuisanceDim, latentDim }: TrainedGenerator, samples: number, along: Along, at: "full" | "end"): Promise<Paths> {
  const drawn = await drawLatents(measurement, 2 * samples);
  const half = (values: Float32Array, width: number, second: boolean) => values.subarray(second ? samples * width : 0, (second ? 2 : 1) * samples * width);
  const from = { s: half(drawn.s, nuisanceDim, false), c: half(drawn.c, latentDim, false) };
  const to = { s: along === "c" ? from.s : half(drawn.s, nuisanceDim, true), c: along === "s" ? from.c : half(drawn.c, latentDim, true) };
  return { from, to, at: at === "end" ? new Float32Array(samples) : createStream(measurement.seed, "fidelity/path").uniform(0, samples) };
}

/** Images of paths `start` to `end`, a step of `offset` further on. Not rounded to bytes: the step is far smaller than one. */
function imagesAt(generator: TrainedGenerator, { from, to, at }: Paths, offset: number, start: number, end: number): Promise<Float32Array> {
  const mixed = (a: Float32Array, b: Float32Array, width: number) =>
    Float32Array.from({ length: (end - start) * width }, (_, i) => {
      const [x, y] = [a[start * width + i] ?? 0, b[start * width + i] ?? 0];
      return x + (y - x) * ((at[start + Math.floor(i / width)] ?? 0) + offset);
    });
  return generator.generate(mixed(from.s, to.s, generator.nuisanceDim), mixed(from.c, to.c, generator.latentDim));
}
