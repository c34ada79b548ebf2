import { createStream, defineMetric, definePlugin, expectFactors, IdganError, positiveInteger, type MetricsPlugin } from "@idgan/core";

/** Squared correlation of two columns; 0 where one of them is constant. */
function squaredCorrelation(a: Float64Array, b: Float64Array): number {
  const mean = (xs: Float64Array) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, x] of a.entries()) {
    const [da, db] = [x - ma, (b[i] ?? 0) - mb];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa * bb === 0 ? 0 : (ab * ab) / (aa * bb);
}

const columnsOf = (table: ArrayLike<number>, width: number): Float64Array[] =>
  Array.from({ length: width }, (_, at) => Float64Array.from({ length: table.length / width }, (_row, i) => table[i * width + at] ?? 0));

/** How much of each factor its best latent explains, by a straight line. */
export const referenceScore = defineMetric({
  name: "line",
  protocol: "reference",
  doc: "Mean over factors of the largest squared correlation with the mean of a latent.",
  higherIsBetter: true,
  needs: "factors",
  options: { samples: { doc: "Images that are drawn.", format: positiveInteger, default: 1000 } },
  async measure({ dataset, encode, latentDim, seed }, { samples }) {
    const factored = expectFactors(dataset);
    const indices = createStream(seed, "line").integers(0, samples, dataset.size);
    const values = columnsOf(factored.factorValues(indices), factored.factors.length);
    const means = columnsOf((await encode(indices)).mean, latentDim);
    const matrix = values.map((value) => means.map((mean) => squaredCorrelation(value, mean)));
    const best = matrix.map((row) => Math.max(...row));
    return {
      value: best.reduce((sum, each) => sum + each, 0) / best.length,
      parts: { best },
      matrices: [{ title: "squared correlation", rows: factored.factors.map(({ name }) => name), columns: means.map((_, latent) => `c${latent}`), values: matrix }],
    };
  },
});

/** How alike the first latents of two runs are. */
export const referenceComparison = defineMetric({
  name: "likeness",
  protocol: "reference",
  doc: "Largest squared correlation of a latent of this run with the first latent of the next.",
  higherIsBetter: true,
  needs: "runs",
  options: { samples: { doc: "Images that are drawn.", format: positiveInteger, default: 1000 } },
  async measure({ dataset, encode, latentDim, seed, others: [other] }, { samples }) {
    if (other === undefined) throw new IdganError("METRIC_INPUT", "It compares runs, and no other was given. Name some with --beside.");
    const indices = createStream(seed, "likeness").integers(0, samples, dataset.size);
    const [first = new Float64Array()] = columnsOf((await other.encode(indices)).mean, other.latentDim);
    const alike = columnsOf((await encode(indices)).mean, latentDim).map((mean) => squaredCorrelation(mean, first));
    return { value: Math.max(...alike), parts: { alike } };
  },
});

/** How much images of the generator differ. */
export const referenceSpread = defineMetric({
  name: "spread",
  protocol: "reference",
  doc: "Mean over pixels of their variance over images of the generator.",
  higherIsBetter: null,
  needs: "generator",
  options: { samples: { doc: "Images that are generated.", format: positiveInteger, default: 256 } },
  async measure({ openGenerator, track, seed }, { samples }) {
    const generator = await openGenerator();
    const { s, c } = await generator.draw({ count: samples, seed, name: "spread" });
    const width = generator.image.height * generator.image.width * generator.image.channels;
    const [sums, squares] = [new Float64Array(width), new Float64Array(width)];
    await track("generate", samples, async (advance) => {
      for (let start = 0; start < samples; start += 64) {
        const part = <Row extends Float32Array>(rows: Row, size: number) => rows.subarray(start * size, (start + 64) * size);
        const pixels = await generator.generate(part(s, generator.nuisanceDim), part(c, generator.latentDim));
        for (const [i, pixel] of pixels.entries()) {
          sums[i % width] = (sums[i % width] ?? 0) + pixel / samples;
          squares[i % width] = (squares[i % width] ?? 0) + pixel ** 2 / samples;
        }
        advance(pixels.length / width);
      }
    });
    return { value: squares.reduce((sum, square, i) => sum + Math.max(0, square - (sums[i] ?? 0) ** 2), 0) / width, label: `spread of ${samples} images`, parts: {} };
  },
});

/** A plugin of metrics that passes every check. */
export const referenceMetrics: MetricsPlugin<object> = definePlugin<object>({
  kind: "metrics",
  name: "@idgan/reference-metrics",
  core: "^0.1.0",
  options: {},
  metrics: () => [referenceScore, referenceComparison, referenceSpread],
});
