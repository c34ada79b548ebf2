// One of two builds that are compared: node test/bench/trainee.mjs --checkout . --model vae [--batch 8] [--enlarge 2] [--threads 2], driven by agree.mjs
// Each line of its input is JSON: an update from the state in the file `from`, or from its own where there is none, whose result goes to the file `to`.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    checkout: { type: "string", default: "." },
    model: { type: "string", default: "vae" },
    batch: { type: "string", default: "8" },
    enlarge: { type: "string", default: "2" },
    threads: { type: "string", default: "2" },
  },
});
const load = (path) => import(pathToFileURL(resolve(values.checkout, path)).href);
const { createOnnxEngine } = await load("plugins/engine-onnx/dist/index.js");
const { createSubject } = await load("test/bench/subjects.mjs");
const engine = await createOnnxEngine({ threads: Number(values.threads), providers: ["cpu"] });
const subject = await createSubject(values.model, engine, { batch: Number(values.batch) });
const variables = Object.entries(subject.state);
const say = (message) => console.log(JSON.stringify(message));

/** All variables, one after the other. */
async function save(file) {
  const parts = [];
  for (const [, variable] of variables) parts.push(Buffer.from((await engine.read(variable)).buffer));
  writeFileSync(file, Buffer.concat(parts));
}

async function restore(file) {
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  let numbers = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
  for (const [, variable] of variables) {
    await engine.write(variable, numbers.slice(0, variable.size));
    numbers = numbers.subarray(variable.size);
  }
}

for (const [, variable] of variables) await engine.write(variable, (await engine.read(variable)).map((number) => number * Number(values.enlarge)));
say({ variables: variables.map(([name, { size }]) => [name, size]) });
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "end") break;
  const { from, to, update } = JSON.parse(line);
  if (from) await restore(from);
  const { losses } = update ? await subject.update(true) : {};
  await save(to);
  say({ losses });
}
say({ peakMiB: process.resourceUsage().maxRSS / 1024 });
await subject.dispose();
await engine.dispose();
