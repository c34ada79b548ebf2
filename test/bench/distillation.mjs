// What the distillation kept, and how sharp it is: node test/bench/distillation.mjs RUN [RUN …] [--images 5000] [--squeezenet FILE.npz]
// For each run: R² and correlation of code and reading per latent, from the metrics of @idgan/plugin-metrics-distillation; and, with SqueezeNet's weights, the Fréchet
// distance to real images of the generator's images and of the VAE decoder's, from the same codes.
import { parseArgs } from "node:util";
import { createStream, evaluate, openModels } from "@idgan/core";
import { frechetDistance, momentsOf, openNetwork } from "@idgan/plugin-metrics-fidelity";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { images: { type: "string", default: "5000" }, squeezenet: { type: "string" }, json: { type: "boolean", default: false } },
});
const count = Number(values.images);

async function frechetOf(run) {
  const models = await openModels(run);
  const { studio, engine } = models;
  const stream = createStream(99, "distillation");
  const sources = stream.integers(0, count, studio.vaeData.size);
  const references = stream.integers(1, count, studio.ganData.size);
  const posterior = await studio.codesOf(sources);
  const epsilon = stream.normal(2, posterior.mean.length);
  const c = posterior.mean.map((mean, i) => mean + Math.exp(posterior.logVar[i] / 2) * epsilon[i]);
  const generated = await studio.generate(stream.normal(3, count * studio.nuisanceDim), c);
  const decoded = await studio.decode(c);
  if (studio.ganData.image.height !== studio.vaeData.image.height) throw new Error("This script compares runs whose two stages have one size.");
  const network = await openNetwork("squeezenet", engine, values.squeezenet);
  const moments = async (images) => momentsOf(await network.features(images, studio.ganData.image), network.featureCount);
  const real = await moments(await studio.ganData.batch(references));
  const distance = async (images) => frechetDistance(real, await moments(images)).value;
  const distances = {
    extractor: `SqueezeNet 1.1 features[12], ${network.resize}`,
    generator: await distance(generated),
    decoder: await distance(decoded),
    floor: await distance(await studio.ganData.batch(sources)),
  };
  await network.dispose();
  await models.close();
  return distances;
}

for (const run of positionals) {
  const metrics = ["id-nll", "id-information", "code-recovery"];
  const { entries } = await evaluate({ run, metrics, set: metrics.map((metric) => `${metric}.images=${count}`) });
  const recovery = entries.find(({ metric }) => metric.startsWith("code-recovery"));
  const [r2, correlation] = recovery.matrices;
  const report = { run, images: count, scores: Object.fromEntries(entries.map(({ metric, value, parts }) => [metric, { value, parts }])) };
  if (values.squeezenet) report.frechet = await frechetOf(run);
  if (values.json) {
    console.log(JSON.stringify(report));
    continue;
  }
  console.log(`${run}, ${count} images\n| latent | R² | correlation |\n|---|---|---|`);
  for (const [i, latent] of r2.columns.entries()) console.log(`| ${latent} | ${r2.values[0][i].toFixed(3)} | ${correlation.values[0][i].toFixed(3)} |`);
  for (const { metric, notes } of entries) console.log(`${metric}: ${notes[0]}`);
  if (report.frechet) console.log(`Fréchet distance (${report.frechet.extractor}): generator ${report.frechet.generator.toFixed(1)}, VAE decoder ${report.frechet.decoder.toFixed(1)}, real against real ${report.frechet.floor.toFixed(1)}`);
}
