// Cost of whole updates of the VAEs beside the beta-VAE's, all in one process and in turn, so that what slows one slows all. Each ratio is the median over
// the rounds of a round's own ratio; that of processor time says more where other processes take the processors away.
// node test/bench/family.mjs [--engine @idgan/engine-onnx] [--threads 2] [--rounds 20] [--warmup 4] [--batch 64] [--only factorvae,betatcvae]
import { parseArgs } from "node:util";
import { performance } from "node:perf_hooks";
import { RepresentStage, createHooks, createInitializer, unitSpace } from "@idgan/core";
import sprites from "@idgan/plugin-sprites";

const { values } = parseArgs({
  options: {
    engine: { type: "string", default: "@idgan/engine-onnx" },
    threads: { type: "string", default: "2" },
    rounds: { type: "string", default: "20" },
    warmup: { type: "string", default: "4" },
    batch: { type: "string", default: "64" },
    only: { type: "string", default: "" },
  },
});
const [threads, rounds, warmup, batch] = [values.threads, values.rounds, values.warmup, values.batch].map(Number);
const seed = 1;
const size = 64;
const latentDim = 10;

const models = {
  betavae: ["betavae", {}],
  "factorvae second-batch": ["factorvae", { permutedCodes: "second-batch" }],
  "factorvae same-batch": ["factorvae", { permutedCodes: "same-batch" }],
  "factorvae second-half": ["factorvae", { permutedCodes: "second-half" }],
  "betatcvae weighted": ["betatcvae", { estimator: "weighted" }],
  "betatcvae stratified": ["betatcvae", { estimator: "stratified" }],
  dipvae: ["dipvae", {}],
};

const defaults = (plugin) => Object.fromEntries(Object.entries(plugin.options).map(([name, option]) => [name, option.default]));
const { default: enginePlugin } = await import(values.engine);
const engine = await enginePlugin.create({ ...defaults(enginePlugin), threads });
const dataset = await sprites.open(defaults(sprites), { size, folder: ".", seed });
const adam = { name: "adam", learningRate: 1e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, alpha: 0.99, momentum: 0 };

const wanted = Object.entries(models).filter(([name]) => name === "betavae" || values.only === "" || values.only.split(",").some((part) => name.startsWith(part)));
const stages = [];
for (const [name, [plugin, options]] of wanted) {
  const { default: vae } = await import(`@idgan/plugin-${plugin}`);
  const context = { image: unitSpace(size, 1), latentDim, datasetSize: dataset.size, init: createInitializer(seed).scope("vae") };
  const backbone = vae.build({ ...defaults(vae), ...options }, context);
  const settings = { engine, backbone, dataset, hooks: createHooks(), seed, steps: Infinity, batch, optimizer: adam, adversaryOptimizer: { ...adam, beta1: 0.5, beta2: 0.9 } };
  stages.push({ name, stage: await RepresentStage.create(settings), times: [], processor: [] });
}
for (let round = 0; round < warmup + rounds; round += 1) {
  for (const { stage, times, processor } of stages) {
    const used = process.cpuUsage();
    const start = performance.now();
    await stage.update(true);
    if (round < warmup) continue;
    times.push(performance.now() - start);
    const { user, system } = process.cpuUsage(used);
    processor.push((user + system) / 1000);
  }
}
const median = (costs) => costs.toSorted((a, b) => a - b)[costs.length >> 1];
const ratio = (costs, others) => median(costs.map((cost, round) => cost / others[round]));
const [base] = stages;
for (const { name, stage, times, processor } of stages) {
  const result = { median_ms: median(times), processor_ms: median(processor), ratio: ratio(times, base.times), processor_ratio: ratio(processor, base.processor) };
  console.log(JSON.stringify({ model: name, batch, threads, rounds, ...Object.fromEntries(Object.entries(result).map(([key, value]) => [key, Number(value.toPrecision(4))])) }));
  await stage.dispose();
}
await engine.dispose();
