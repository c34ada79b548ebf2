// What the distillation kept, and how sharp it is: node test/bench/distillation.mjs RUN [RUN …] [--images 5000] [--squeezenet FILE.npz]
// For each run: R² and correlation of the code that drove the averaged generator against the frozen encoder's mean of its image, per latent; and,
// with SqueezeNet's weights, the Fréchet distance to real images of the generator's images and of the VAE decoder's, from the same codes.
import { parseArgs } from "node:util";
import { createStream, openModels, rankLatents } from "@idgan/core";
import { frechetDistance, momentsOf, openNetwork } from "@idgan/plugin-metrics-fidelity";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { images: { type: "string", default: "5000" }, squeezenet: { type: "string" }, json: { type: "boolean", default: false } },
});
const count = Number(values.images);

/** R² of the prediction itself, and the squared correlation, which forgives a shift and a scale. */
function recovery(code, read, latent, width) {
  const n = code.length / width;
  const at = (array, i) => array[i * width + latent];
  const mean = (array) => Array.from({ length: n }, (_, i) => at(array, i)).reduce((a, b) => a + b, 0) / n;
  const [mc, mr] = [mean(code), mean(read)];
  let [cc, rr, cr, residual] = [0, 0, 0, 0];
  for (let i = 0; i < n; i += 1) {
    const [c, r] = [at(code, i), at(read, i)];
    cc += (c - mc) ** 2;
    rr += (r - mr) ** 2;
    cr += (c - mc) * (r - mr);
    residual += (c - r) ** 2;
  }
  return { r2: 1 - residual / cc, correlation: cr / Math.sqrt(cc * rr) };
}

for (const run of positionals) {
  const models = await openModels(run);
  const { studio, engine } = models;
  const stream = createStream(99, "distillation");
  const sources = stream.integers(0, count, studio.vaeData.size);
  const references = stream.integers(1, count, studio.ganData.size);
  const posterior = await studio.codesOf(sources);
  const epsilon = stream.normal(2, posterior.mean.length);
  const c = posterior.mean.map((mean, i) => mean + Math.exp(posterior.logVar[i] / 2) * epsilon[i]);
  const s = stream.normal(3, count * studio.nuisanceDim);
  const generated = await studio.generate(s, c);
  const decoded = await studio.decode(c);
  if (studio.ganData.image.height !== studio.vaeData.image.height) throw new Error("This script compares runs whose two stages have one size.");
  const read = await studio.encode(generated);
  const latents = rankLatents(posterior, studio.latentDim).map((latent) => ({ ...latent, ...recovery(c, read.mean, latent.index, studio.latentDim) }));
  const report = { run, images: count, latents };
  if (values.squeezenet) {
    const network = await openNetwork("squeezenet", engine, values.squeezenet);
    const moments = async (images) => momentsOf(await network.features(images, { ...studio.ganData.image, range: [0, 1] }), network.featureCount);
    const real = await moments(await studio.ganData.batch(references));
    const distance = async (images) => frechetDistance(real, await moments(images)).value;
    report.frechet = {
      extractor: `SqueezeNet 1.1 features[12], ${network.resize}`,
      generator: await distance(generated),
      decoder: await distance(decoded),
      floor: await distance(await studio.ganData.batch(sources)),
    };
    await network.dispose();
  }
  if (values.json) console.log(JSON.stringify(report));
  else {
    console.log(`${run}, ${count} images\n| latent | KL | R² | correlation |\n|---|---|---|---|`);
    for (const { index, kl, r2, correlation } of latents) console.log(`| c${index} | ${kl.toFixed(3)} | ${r2.toFixed(3)} | ${correlation.toFixed(3)} |`);
    if (report.frechet) console.log(`Fréchet distance (${report.frechet.extractor}): generator ${report.frechet.generator.toFixed(1)}, VAE decoder ${report.frechet.decoder.toFixed(1)}, real against real ${report.frechet.floor.toFixed(1)}`);
  }
  await models.close();
}
