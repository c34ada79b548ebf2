// What the distillation kept, and how sharp it is: node test/bench/distillation.mjs RUN [RUN …] [--images 5000] [--squeezenet FILE.npz] [--side 224]
// For each run: R² and correlation of code and reading per latent, from the metrics of @idgan/plugin-metrics-distillation; and, with SqueezeNet's weights, the Fréchet
// distance to real images of the generator's images and of the VAE decoder's, from the same codes.
import { parseArgs } from "node:util";
import { createStream, evaluate, openModels } from "@idgan/core";
import { createSqueezeNet } from "../dist/fidelity/squeezenet.js";
import { frechetDistance, momentsOf } from "../dist/fidelity/frechet.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { images: { type: "string", default: "5000" }, squeezenet: { type: "string" }, side: { type: "string", default: "224" }, json: { type: "boolean", default: false } },
});
const count = Number(values.images);

const features = async (network, images, pixels) => {
  const parts = [];
  for (let start = 0; start < images.length; start += 500 * pixels) parts.push(await network.features(images.subarray(start, start + 500 * pixels)));
  const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((offset, part) => (joined.set(part, offset), offset + part.length), 0);
  return joined;
};

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
  const network = await createSqueezeNet(engine, values.squeezenet, { image: studio.ganData.image, batch: 25, side: Number(values.side) });
  const { height, width, channels } = studio.ganData.image;
  const moments = async (images) => momentsOf(await features(network, images, height * width * channels), 512);
  const real = await moments(await studio.ganData.batch(references));
  const distances = {
    extractor: `SqueezeNet 1.1 features[12], bilinear to ${values.side}`,
    generator: frechetDistance(real, await moments(generated)),
    decoder: frechetDistance(real, await moments(decoded)),
    floor: frechetDistance(real, await moments(await studio.ganData.batch(sources))),
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
