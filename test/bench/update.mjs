// One process of the update benchmark: trains one stage of the official dSprites settings with an engine, and prints one line of JSON.
// node test/bench/update.mjs --model vae|gan [--engine @idgan/engine-onnx] [--threads 2] [--updates 20] [--warmup 5] [--batch 64]
import { parseArgs } from "node:util";
import { performance } from "node:perf_hooks";
import { RepresentStage, SynthesiseStage, createHooks, createInitializer, freeze, signedSpace, unitSpace } from "@idgan/core";
import betavae from "@idgan/plugin-betavae";
import dcgan from "@idgan/plugin-dcgan";
import sprites from "@idgan/plugin-sprites";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "vae" },
    engine: { type: "string", default: "@idgan/engine-onnx" },
    threads: { type: "string", default: "2" },
    updates: { type: "string", default: "20" },
    warmup: { type: "string", default: "5" },
    batch: { type: "string", default: "64" },
  },
});
const [threads, updates, warmup, batch] = [values.threads, values.updates, values.warmup, values.batch].map(Number);
const seed = 1;
const latentDim = 10;

const defaults = (plugin) => Object.fromEntries(Object.entries(plugin.options).map(([name, option]) => [name, option.default]));
const { default: enginePlugin } = await import(values.engine);
const engine = await enginePlugin.create({ ...defaults(enginePlugin), threads });
const dataset = await sprites.open(defaults(sprites), { size: 64, folder: ".", seed });
const hooks = createHooks();
const init = createInitializer(seed);
const vae = betavae.build(
  { ...defaults(betavae), beta: 8, decoder: "bernoulli" },
  { image: unitSpace(64, 1), latentDim, datasetSize: dataset.size, init: init.scope("vae") },
);
const common = { engine, dataset, hooks, seed, steps: Infinity, batch };
const rmsprop = (learningRate) => ({ name: "rmsprop", learningRate, alpha: 0.99, epsilon: 1e-8, momentum: 0, beta1: 0.9, beta2: 0.999 });
const adam = { ...rmsprop(1e-4), name: "adam" };

async function createStage() {
  if (values.model === "vae") return RepresentStage.create({ ...common, backbone: vae, optimizer: adam, adversaryOptimizer: adam });
  const image = signedSpace(64, 1);
  const build = (scope) => dcgan.build({ ...defaults(dcgan), architecture: "official" }, { image, latentDim, nuisanceDim: 0, init: init.scope(scope) });
  return SynthesiseStage.create({
    ...common,
    backbone: build("gan"),
    average: build("average").generator.weights,
    teacher: freeze(vae.encoder, image, ""),
    code: "paired",
    idWeight: 1e-4,
    r1Weight: 10,
    r1Interval: 1,
    averageDecay: 0.999,
    averageWarmup: false,
    generatorOptimizer: rmsprop(1e-3),
    discriminatorOptimizer: rmsprop(1e-4),
  });
}

const compiling = performance.now();
const stage = await createStage();
const compileMs = performance.now() - compiling;
const times = [];
let losses;
for (let i = 0; i < warmup + updates; i += 1) {
  const start = performance.now();
  ({ losses } = await stage.update(true));
  if (i >= warmup) times.push(performance.now() - start);
}
times.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    framework: engine.name,
    version: engine.description,
    model: values.model,
    batch,
    threads,
    updates,
    compile_ms: compileMs,
    median_ms: times[times.length >> 1],
    min_ms: times[0],
    max_ms: times.at(-1),
    peak_rss_mib: process.resourceUsage().maxRSS / 1024,
    losses,
  }),
);
await stage.dispose();
await engine.dispose();
