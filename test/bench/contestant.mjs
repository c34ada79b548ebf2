// One contestant of the benchmark: a process that makes a subject ready, and updates it as often as each line of its input says.
// node test/bench/contestant.mjs --model vae [--engine @idgan/engine-onnx[?option=value&…]] [--threads 2] [--batch 64] [--task update|sample|encode]
// It answers with lines of JSON: first what it is, then the times of each call in milliseconds, and what memory it took in all at the end.
import { parseArgs } from "node:util";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { defaultsOf, createSubject } from "./subjects.mjs";
import { matrixRate } from "./matrix-rate.mjs";
import { counting } from "./operations.mjs";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "vae" },
    task: { type: "string", default: "update" },
    engine: { type: "string", default: "@idgan/engine-onnx" },
    threads: { type: "string", default: "2" },
    batch: { type: "string" },
    size: { type: "string" },
    width: { type: "string" },
    microbatch: { type: "string" },
  },
});
const threads = Number(values.threads);
const say = (message) => console.log(JSON.stringify(message));
const [engineName, query = ""] = values.engine.split("?");
const { default: enginePlugin } = await import(engineName);
const inner = await enginePlugin.create({ ...defaultsOf(enginePlugin), ...(enginePlugin.options.threads && { threads }), ...Object.fromEntries(new URLSearchParams(query)) });
const { engine, operations } = counting(inner);

const compiling = performance.now();
const overrides = Object.fromEntries(["batch", "size", "width", "microbatch"].flatMap((name) => (values[name] ? [[name, Number(values[name])]] : [])));
const subject = await createSubject(values.model, engine, { ...overrides, task: values.task });
say({ framework: engine.name, version: engine.description, compileMs: performance.now() - compiling, operations: operations(), batch: subject.batch });

let losses = {};
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "end") break;
  if (line === "matrix") {
    say({ rate: await matrixRate(threads) });
    continue;
  }
  const times = [];
  const used = process.cpuUsage();
  for (let i = 0; i < Number(line); i += 1) {
    const start = performance.now();
    ({ losses = {} } = await subject.update(true));
    times.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(used);
  say({ times, processorMs: (user + system) / 1000 / Number(line) });
}
say({ peakMiB: process.resourceUsage().maxRSS / 1024, losses });
await subject.dispose();
await engine.dispose();
