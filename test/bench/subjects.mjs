// What the benchmarks train: one stage of one family on pictures of noise or on sprites, on any engine.
import { RepresentStage, SynthesiseStage, createHooks, createInitializer, createStream, encodeStep, freeze, generateStep, signedSpace, unitSpace } from "@idgan/core";

const seed = 1;
const latentDim = 10;
export const adam = { name: "adam", learningRate: 1e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, alpha: 0.99, momentum: 0 };
const rmsprop = { ...adam, name: "rmsprop", learningRate: 1e-4 };

export const defaultsOf = (plugin) => Object.fromEntries(Object.entries(plugin.options).map(([name, option]) => [name, option.default]));

/** As many pictures of noise as a batch holds: they cost an update what real ones do. */
export function noisePictures(size, channels, batch) {
  const one = size * size * channels;
  const pixels = createStream(seed, "pictures").uniform(0, batch * one);
  return {
    name: "noise",
    size: batch,
    image: unitSpace(size, channels),
    fingerprint: "noise",
    async batch(indices) {
      const images = new Float32Array(indices.length * one);
      Array.from(indices, (index, i) => images.set(pixels.subarray(index * one, (index + 1) * one), i * one));
      return images;
    },
  };
}

const vaeSubject = (plugin, options) => ({ stage: "represent", plugin: `@idgan/plugin-${plugin}`, options, size: 64, channels: 1, batch: 64 });
const ganSubject = (plugin, rest) => ({ stage: "synthesise", plugin: `@idgan/plugin-${plugin}`, options: {}, size: 64, channels: 3, batch: 16, nuisanceDim: 256, ...rest });

/** The measured updates by name. */
export const subjects = {
  vae: vaeSubject("betavae", { beta: 8, decoder: "bernoulli" }),
  factorvae: vaeSubject("factorvae", {}),
  betatcvae: vaeSubject("betatcvae", {}),
  gan: ganSubject("dcgan", { options: { architecture: "official" }, channels: 1, batch: 64, nuisanceDim: 0, generatorRate: 1e-3 }),
  "resnetgan-64": ganSubject("resnetgan", {}),
  // Grown already: an update of the last size is the long one.
  "stylegan-32": ganSubject("stylegan", { options: { firstResolution: 32 }, size: 32, batch: 4 }),
  "stylegan-64": ganSubject("stylegan", { options: { firstResolution: 64 }, size: 64, batch: 4 }),
};

/** Whether the plugin of a subject is in this checkout. */
export async function isThere(name) {
  return import(subjects[name].plugin).then(
    () => true,
    () => false,
  );
}

/** The VAE that a stage 2 distils, or a stage 1 trains. */
async function createVae(plugin, options, { size, channels }, init) {
  const { default: vae } = await import(plugin);
  return vae.build({ ...defaultsOf(vae), ...options }, { image: unitSpace(size, channels), latentDim, datasetSize: 737_280, init: init.scope("vae") });
}

async function createStage({ stage, plugin: name, options, size, channels, batch, nuisanceDim, generatorRate = 1e-4, optimizer = adam, microbatch = null }, engine) {
  const init = createInitializer(seed);
  const common = { engine, hooks: createHooks(), seed, steps: Infinity, batch, microbatch, dataset: noisePictures(size, channels, batch) };
  if (stage === "represent") {
    const backbone = await createVae(name, options, { size, channels }, init);
    return RepresentStage.create({ ...common, backbone, optimizer, adversaryOptimizer: { ...adam, beta1: 0.5, beta2: 0.9 } });
  }
  const { encoder } = await createVae("@idgan/plugin-betavae", {}, { size: 64, channels }, init);
  const { default: plugin } = await import(name);
  const image = signedSpace(size, channels);
  const build = (scope) => plugin.build({ ...defaultsOf(plugin), ...options }, { image, latentDim, nuisanceDim, init: init.scope(scope) });
  return SynthesiseStage.create({
    ...common,
    backbone: build("gan"),
    average: build("average").generator.weights,
    teacher: freeze(encoder, image, ""),
    code: "paired",
    idWeight: 1e-4,
    r1Weight: 10,
    r1Interval: 1,
    averageDecay: 0.999,
    averageWarmup: false,
    generatorOptimizer: { ...rmsprop, learningRate: generatorRate },
    discriminatorOptimizer: rmsprop,
  });
}

/** Pictures of a generator, or codes of an encoder, a batch at a call. */
async function createReader({ stage, plugin: name, options, size, channels, batch, nuisanceDim }, engine) {
  const init = createInitializer(seed);
  const numbers = (stream, length) => createStream(seed, stream).normal(0, length);
  if (stage === "represent") {
    const { encoder } = await createVae(name, options, { size, channels }, init);
    const compiled = await engine.compile(encodeStep(encoder, batch));
    return { compiled, feeds: { x: numbers("x", batch * size * size * channels) } };
  }
  const { default: plugin } = await import(name);
  const { generator } = plugin.build({ ...defaultsOf(plugin), ...options }, { image: signedSpace(size, channels), latentDim, nuisanceDim, init });
  const compiled = await engine.compile(generateStep(generator, batch));
  return { compiled, feeds: { s: numbers("s", batch * nuisanceDim), c: numbers("c", batch * latentDim) } };
}

/** A subject, ready: one `update` is an update of its stage, or a batch of codes or of pictures where the task is `read`. */
export async function createSubject(name, engine, { task = "update", width, ...overrides } = {}) {
  const given = subjects[name];
  const subject = { ...given, ...overrides, options: { ...given.options, ...(width && { width }) } };
  if (task === "update") return createStage(subject, engine);
  const { compiled, feeds } = await createReader(subject, engine);
  return { batch: subject.batch, update: async () => (await compiled.run(feeds), {}), dispose: () => compiled.dispose() };
}
