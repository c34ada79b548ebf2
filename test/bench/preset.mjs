// Time and memory of a preset's updates, on pictures of noise, which cost what real ones do: one line of JSON. `cpu_ms` is processor time of an update, summed over threads,
// which other work on the machine changes least.
// node test/bench/preset.mjs PRESET [--stage synthesise] [--updates 10] [--warmup 2] [--set KEY=VALUE …]
import { parseArgs } from "node:util";
import { performance } from "node:perf_hooks";
import { RepresentStage, SynthesiseStage, createHooks, createInitializer, createStream, freeze, resolveRun, signedSpace, unitSpace } from "@idgan/core";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    stage: { type: "string", default: "synthesise" },
    updates: { type: "string", default: "10" },
    warmup: { type: "string", default: "2" },
    channels: { type: "string", default: "3" },
    set: { type: "string", multiple: true, default: [] },
  },
});
const [updates, warmup, channels] = [values.updates, values.warmup, values.channels].map(Number);
const { config, plugins } = await resolveRun({ config: positionals[0], set: ["data.use=@idgan/plugin-sprites", ...values.set] });
const engine = await plugins.engine.create(config.engine.options);
const hooks = createHooks();
const { latentDim } = config.vae;
const init = createInitializer(config.seed);

/** As many pictures of noise as a batch holds. */
function noise(size, batch) {
  const pixels = createStream(1, "pictures").uniform(0, batch * size * size * channels);
  const one = size * size * channels;
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

const vae = plugins.vae.build(config.vae.options, { image: unitSpace(config.vae.size, channels), latentDim, datasetSize: 10_000, init: init.scope("vae") });

async function createStage() {
  const common = { engine, hooks, seed: config.seed, ...config[values.stage], steps: Infinity };
  if (values.stage === "represent") return RepresentStage.create({ ...common, backbone: vae, dataset: noise(config.vae.size, common.batch) });
  const image = signedSpace(config.gan.size, channels);
  const build = (scope) => plugins.gan.build(config.gan.options, { image, latentDim, nuisanceDim: config.gan.nuisanceDim, init: init.scope(scope) });
  const teacher = freeze(vae.encoder, image, "");
  return SynthesiseStage.create({ ...common, backbone: build("gan"), average: build("average").generator.weights, teacher, dataset: noise(config.gan.size, common.batch) });
}

const compiling = performance.now();
const stage = await createStage();
const compileMs = performance.now() - compiling;
const times = [];
let losses = {};
let processor = process.cpuUsage();
for (let i = 0; i < warmup + updates; i += 1) {
  const start = performance.now();
  if (i === warmup) processor = process.cpuUsage();
  ({ losses } = await stage.update(true));
  if (i >= warmup) times.push(performance.now() - start);
}
const { user, system } = process.cpuUsage(processor);
times.sort((a, b) => a - b);
const report = { preset: positionals[0], stage: values.stage, engine: engine.description, batch: stage.batch, updates };
const round = (value) => Math.round(value * 10) / 10;
console.log(JSON.stringify({ ...report, compile_ms: round(compileMs), median_ms: round(times[times.length >> 1]), min_ms: round(times[0]), cpu_ms: round((user + system) / 1000 / updates), max_ms: round(times.at(-1)), peak_rss_mib: Math.round(process.resourceUsage().maxRSS / 1024), losses }));
await stage.dispose();
await engine.dispose();
