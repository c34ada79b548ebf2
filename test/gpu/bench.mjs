// Updates of presets on several engines, side by side: node test/gpu/bench.mjs [--rounds 3] [--updates 5] [--case dsprites/represent …] [--engine tensorflow …] [--set key=value …] [--json]
// Each round runs every engine once, in a process of its own, so that a machine whose speed drifts slows all of them alike; ratios are taken round by round,
// to the first engine. Times are of whole updates, processor time is summed over threads. The exit status is 0 only if every engine ran.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

const engines = {
  onnx: ["engine.use=@idgan/engine-onnx"],
  "onnx-cuda": ["engine.use=@idgan/engine-onnx", 'engine.options.providers=["cuda"]'],
  "onnx-webgpu": ["engine.use=@idgan/engine-onnx", 'engine.options.providers=["webgpu"]'],
  tensorflow: ["engine.use=@idgan/engine-tensorflow"],
  "tensorflow-eager": ["engine.use=@idgan/engine-tensorflow", "engine.options.mode=eager"],
};

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    updates: { type: "string", default: "5" },
    case: { type: "string", multiple: true, default: ["dsprites/represent", "dsprites/synthesise", "celeba-64/synthesise"] },
    engine: { type: "string", multiple: true, default: ["onnx", "tensorflow", "tensorflow-eager"] },
    set: { type: "string", multiple: true, default: [] },
    json: { type: "boolean", default: false },
  },
});

const program = fileURLToPath(new URL("../bench/preset.mjs", import.meta.url));
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

async function measure(preset, stage, engine) {
  const channels = preset === "dsprites" ? "1" : "3";
  const set = [...engines[engine], ...values.set].flatMap((each) => ["--set", each]);
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [program, preset, "--stage", stage, "--updates", values.updates, "--warmup", "3", "--channels", channels, ...set]);
    return JSON.parse(stdout.trim().split("\n").at(-1));
  } catch (error) {
    return { error: /^\w*Error\b.*$/m.exec(error.stderr ?? "")?.[0] ?? (error.signal ? `ended by ${error.signal}` : error.message) };
  }
}

const rows = [];
for (const each of values.case) {
  const [preset, stage] = each.split("/");
  const results = Object.fromEntries(values.engine.map((engine) => [engine, []]));
  for (let round = 0; round < Number(values.rounds); round += 1) for (const engine of values.engine) results[engine].push(await measure(preset, stage, engine));
  const [first] = values.engine;
  for (const engine of values.engine) {
    const failed = results[engine].find(({ error }) => error !== undefined);
    if (failed) {
      rows.push({ case: each, engine, error: failed.error });
      continue;
    }
    const ratios = (key) => results[engine].map((result, round) => result[key] / results[first][round][key]).filter(Number.isFinite);
    rows.push({
      case: each, engine, device: results[engine][0].engine, batch: results[engine][0].batch, medianMs: median(results[engine].map((result) => result.median_ms)), bestMs: Math.min(...results[engine].map((result) => result.min_ms)),
      cpuMs: median(results[engine].map((result) => result.cpu_ms)), timeRatio: median(ratios("median_ms")), cpuRatio: median(ratios("cpu_ms")), compileMs: median(results[engine].map((result) => result.compile_ms)), peakMiB: Math.max(...results[engine].map((result) => result.peak_rss_mib)),
    });
  }
}

if (values.json) console.log(JSON.stringify(rows, null, 2));
else {
  console.log("| update | engine | batch | median ms | best ms | processor ms | time, of the first engine's | processor time, of the first engine's | peak MiB |\n|---|---|---|---|---|---|---|---|---|");
  for (const row of rows) {
    console.log(row.error ? `| ${row.case} | ${row.engine} | failed: ${row.error} | | | | | | |` : `| ${row.case} | ${row.engine} | ${row.batch} | ${row.medianMs} | ${row.bestMs} | ${row.cpuMs} | ${row.timeRatio?.toFixed(2) ?? ""} | ${row.cpuRatio?.toFixed(2) ?? ""} | ${row.peakMiB} |`);
  }
}
if (rows.some(({ error }) => error)) process.exitCode = 1;
