// How independent the latents of trained encoders are, judged by a classifier that the training never saw: node test/bench/independence.mjs RUN [RUN …] [--images 30000]
// Boosted trees learn to tell codes of q(z) from codes whose latents were permuted across images, on three quarters of them; on the rest their
// cross-entropy is 0.693 where nothing tells them apart, and their mean log odds of codes of q(z) estimates the total correlation from below, in nats.
import { createStream, defineMetric, definePlugin, evaluate } from "@idgan/core";
import { parseArgs } from "node:util";
import { rawPredictions } from "../../plugins/metrics-disentanglement/dist/numerics/boosted-trees.js";
import { fitBoosting } from "../../plugins/metrics-disentanglement/dist/numerics/gradient-boosting.js";
import { matrixOf } from "../../plugins/metrics-disentanglement/dist/numerics/matrix.js";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { images: { type: "string", default: "30000" } } });
const count = Number(values.images);

/** Codes of q(z) and permuted ones by turns, `[2 * count, latentDim]`, so that any part of them holds as many of each. */
function pairs({ mean, logVar }, latentDim) {
  const noise = createStream(0, "independence/posterior").normal(0, mean.length);
  const codes = mean.map((value, i) => value + Math.exp(logVar[i] / 2) * noise[i]);
  const mixed = new Float64Array(2 * codes.length);
  for (let latent = 0; latent < latentDim; latent += 1) {
    const order = createStream(0, `independence/latent-${latent}`).permutation(0, count);
    for (let i = 0; i < count; i += 1) {
      mixed[2 * i * latentDim + latent] = codes[i * latentDim + latent];
      mixed[(2 * i + 1) * latentDim + latent] = codes[order[i] * latentDim + latent];
    }
  }
  return mixed;
}

const independence = defineMetric({
  name: "independence",
  protocol: "boosted-trees",
  doc: "Total correlation in nats as boosted trees read it.",
  higherIsBetter: false,
  needs: "images",
  options: {},
  async measure({ dataset, latentDim, encode }) {
    const mixed = pairs(await encode(createStream(0, "independence/images").permutation(0, dataset.size).slice(0, count)), latentDim);
    const seen = 2 * Math.floor(0.75 * count);
    const trees = fitBoosting(matrixOf(mixed.subarray(0, seen * latentDim), latentDim), Int32Array.from({ length: seen }, (_, i) => 1 - (i % 2)), { stages: 300 });
    const unseen = 2 * count - seen;
    const logOdds = rawPredictions(trees, matrixOf(mixed.subarray(seen * latentDim), latentDim));
    let [loss, correlation] = [0, 0];
    logOdds.forEach((odds, i) => {
      loss += Math.log1p(Math.exp(i % 2 === 0 ? -odds : odds)) / unseen;
      if (i % 2 === 0) correlation += (2 * odds) / unseen;
    });
    return { value: correlation, parts: { crossEntropy: loss } };
  },
});
const plugin = definePlugin({ kind: "metrics", name: "independence", core: "*", options: {}, metrics: () => [independence] });

for (const run of positionals) {
  const { entries, failures } = await evaluate({ run, metrics: ["independence"], plugins: [plugin], set: ["engine.options.threads=1"] });
  for (const { error } of failures) console.error(error.message);
  for (const { value, parts } of entries) console.log(`${run}: total correlation ${value.toFixed(2)} nats, cross-entropy ${parts.crossEntropy.toFixed(3)}`);
}
