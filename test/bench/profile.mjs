// Where an update's time goes, by operator: node test/bench/profile.mjs --model vae [--by op|kernel|node] [--updates 10] [--threads 2] [--top 25]
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { performance } from "node:perf_hooks";
import { createOnnxEngine } from "@idgan/engine-onnx";
import { createSubject } from "./subjects.mjs";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "vae" },
    by: { type: "string", default: "op" },
    updates: { type: "string", default: "10" },
    warmup: { type: "string", default: "2" },
    threads: { type: "string", default: "2" },
    top: { type: "string", default: "25" },
    batch: { type: "string" },
  },
});
const [updates, warmup, threads, top] = [values.updates, values.warmup, values.threads, values.top].map(Number);
const folder = mkdtempSync(join(tmpdir(), "idgan-profile-"));
const engine = await createOnnxEngine({ threads, providers: ["cpu"], profile: join(folder, "p") });
const stage = await createSubject(values.model, engine, values.batch ? { batch: Number(values.batch) } : {});
const times = [];
for (let i = 0; i < warmup + updates; i += 1) {
  const start = performance.now();
  await stage.update(true);
  times.push(performance.now() - start);
}
await stage.dispose();
await engine.dispose();

const totals = new Map();
let all = 0;
for (const file of readdirSync(folder)) {
  const events = JSON.parse(readFileSync(join(folder, file), "utf8")).filter((event) => event.cat === "Node" && event.name.endsWith("_kernel_time"));
  const perRun = events.length / (warmup + updates);
  for (const event of events.slice(Math.round(perRun * warmup))) {
    const { op_name: op, output_type_shape: shapes, input_type_shape: given } = event.args;
    const kernel = event.name.split(" of ")[0].split("#")[0];
    const shape = (list) => (list ?? []).map((entry) => Object.values(entry)[0].join("x")).join(" ");
    const key = values.by === "op" ? op : values.by === "kernel" ? `${op} for ${kernel}` : `${op} for ${kernel} (${shape(given)}) -> ${shape(shapes)}`;
    const total = totals.get(key) ?? { ms: 0, count: 0 };
    total.ms += event.dur / 1000;
    total.count += 1;
    totals.set(key, total);
    all += event.dur / 1000;
  }
}
rmSync(folder, { recursive: true });
const sorted = [...totals].sort(([, a], [, b]) => b.ms - a.ms);
const median = times.slice(warmup).sort((a, b) => a - b)[updates >> 1];
console.log(`${values.model}: ${median.toFixed(0)} ms an update, ${(all / updates).toFixed(0)} ms in operators, ${[...totals.values()].reduce((sum, { count }) => sum + count, 0) / updates} of them\n`);
console.log("| ms | share | calls | operator |\n|---|---|---|---|");
for (const [key, { ms, count }] of sorted.slice(0, top)) console.log(`| ${(ms / updates).toFixed(1)} | ${((100 * ms) / all).toFixed(0)} % | ${count / updates} | ${key} |`);
