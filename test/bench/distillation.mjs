// What the distillation kept, and how sharp it is: node test/bench/distillation.mjs RUN [RUN …] [--images 5000] [--squeezenet FILE.npz] [--side 224]
// For each run: R² and correlation of the code that drove the averaged generator against the frozen encoder's mean of its image, per latent; and,
// with SqueezeNet's weights, the Fréchet distance to real images of the generator's images and of the VAE decoder's, from the same codes.
import { parseArgs } from "node:util";
import { createStream, openModels, rankLatents } from "@idgan/core";
import { createSqueezeNet } from "../dist/fidelity/squeezenet.js";
import { frechetDistance, momentsOf } from "../dist/fidelity/frechet.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { images: { type: "string", default: "5000" }, squeezenet: { type: "string" }, side: { type: "string", default: "224" }, json: { type: "boolean", default: false } },
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

const features = async (network, images, pixels) => {
  const parts = [];
  for (let start = 0; start < images.length; start += 500 * pixels) parts.push(await network.features(images.subarray(start, start + 500 * pixels)));
  const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((offset, part) => (joined.set(part, offset), offset + part.length), 0);
  return joined;
};

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
    const network = await createSqueezeNet(engine, values.squeezenet, { image: studio.ganData.image, batch: 25, side: Number(values.side) });
    const { height, width, channels } = studio.ganData.image;
    const moments = async (images) => momentsOf(await features(network, images, height * width * channels), 512);
    const real = await moments(await studio.ganData.batch(references));
    report.frechet = {
      extractor: `SqueezeNet 1.1 features[12], bilinear to ${values.side}`,
      generator: frechetDistance(real, await moments(generated)),
      decoder: frechetDistance(real, await moments(decoded)),
      floor: frechetDistance(real, await moments(await studio.ganData.batch(sources))),
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
