// Whether two builds train alike: the losses and weights after 200 updates, written to a file, or compared with one that another build wrote.
// node test/bench/agree.mjs --model vae [--updates 200] [--batch 8] [--enlarge 2] --write before.json      then      … --against before.json
// First weights are enlarged: with the small ones of the official code the first gradients cancel but for rounding, Adam makes steps of full size of what is
// left, and then two orders of adding the same numbers part within a few updates.
import { readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { createOnnxEngine } from "@idgan/engine-onnx";
import { createSubject } from "./subjects.mjs";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "vae" },
    updates: { type: "string", default: "200" },
    batch: { type: "string", default: "8" },
    enlarge: { type: "string", default: "2" },
    threads: { type: "string", default: "2" },
    write: { type: "string" },
    against: { type: "string" },
  },
});
const engine = await createOnnxEngine({ threads: Number(values.threads), providers: ["cpu"] });
const subject = await createSubject(values.model, engine, { batch: Number(values.batch) });
for (const variable of Object.values(subject.state)) {
  const numbers = await engine.read(variable);
  await engine.write(variable, numbers.map((number) => number * Number(values.enlarge)));
}
const losses = [];
for (let i = 0; i < Number(values.updates); i += 1) losses.push((await subject.update(true)).losses);
const hash = createHash("sha256");
const state = {};
for (const [name, variable] of Object.entries(subject.state)) {
  const numbers = await engine.read(variable);
  hash.update(numbers);
  state[name] = Array.from(numbers.filter((_, i) => i % Math.max(1, Math.floor(numbers.length / 200)) === 0));
}
const report = { model: values.model, updates: losses.length, hash: hash.digest("hex"), losses, state };
if (values.write) writeFileSync(values.write, JSON.stringify(report));

/** Largest difference, as a share of the largest number of the two lists. */
function distance(a, b) {
  const most = Math.max(...a.map(Math.abs), ...b.map(Math.abs), 1e-12);
  return Math.max(...a.map((number, i) => Math.abs(number - b[i]))) / most;
}

if (values.against) {
  const other = JSON.parse(readFileSync(values.against, "utf8"));
  const series = (list, name) => list.map((entry) => entry[name]);
  const loss = Math.max(...Object.keys(losses[0]).map((name) => distance(series(losses, name), series(other.losses, name))));
  const far = Object.keys(state).map((name) => [name, distance(state[name], other.state[name])]).toSorted(([, a], [, b]) => b - a);
  console.log(JSON.stringify({ model: values.model, updates: losses.length, sameBytes: report.hash === other.hash, losses: loss, state: far[0][1], furthest: far.slice(0, 4) }));
} else {
  console.log(JSON.stringify({ model: values.model, updates: losses.length, hash: report.hash, last: losses.at(-1) }));
}
await subject.dispose();
await engine.dispose();
