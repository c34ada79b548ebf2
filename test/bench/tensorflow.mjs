// One update on TensorFlow, compiled and kernel by kernel, and where the time of the latter goes: node test/bench/tensorflow.mjs [--model vae] [--updates 8] [--rounds 5] [--threads 2]
// Rounds of the modes alternate. Kernel by kernel, each call of an op is timed and goes to the part of an update that asked for it; the rest of the time is JavaScript's.
// A part that one fused op computed would save at most its whole line: its ops, and as many calls' share of the rest. What an optimizer costs in a compiled step is the
// difference to the same update with plain gradient descent.
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { performance } from "node:perf_hooks";
import * as tf from "@tensorflow/tfjs";
import plugin from "@idgan/engine-tensorflow";
import { adam, createSubject, defaultsOf } from "./subjects.mjs";

const { values } = parseArgs({
  options: { model: { type: "string", default: "vae" }, updates: { type: "string", default: "8" }, rounds: { type: "string", default: "5" }, threads: { type: "string", default: "2" } },
});
const [updates, rounds, threads] = [values.updates, values.rounds, values.threads].map(Number);
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** Parts of an update, by the op that is called and by who is on the stack then; the first that fits. */
const parts = {
  "the optimizer": (_, stack) => /optimizers\/(adam|rmsprop|sgd)\.js/.test(stack),
  "the average of the weights": (_, stack) => /optimizers\/average\.js/.test(stack),
  "convolutions and matrix products": (op) => /^(Depthwise)?Conv2D|MatMul/.test(op),
  "resizing and pooling": (op) => /^Resize|Pool/.test(op),
  "rectifiers, and the steps that are their gradients": (op) => /^(Leaky)?Relu|^Greater$|^SelectV2$/.test(op),
  "sums, most of them gradients of biases": (op) => op === "Sum",
};

/** What is done with each call of an op; the addon's own functions cannot be replaced, so the engine is given a binding that inherits them. */
let observe = (_, call) => call();
const options = { ...defaultsOf(plugin), threads };
Object.assign(process.env, { TF_CPP_MIN_LOG_LEVEL: "1", TF_NUM_INTRAOP_THREADS: values.threads, TF_NUM_INTEROP_THREADS: values.threads });
createRequire(createRequire(import.meta.url).resolve("@idgan/engine-tensorflow"))("@tensorflow/tfjs-node-gpu");
const backend = tf.findBackend("tensorflow");
const native = backend.binding;
backend.binding = Object.create(native, { executeOp: { value: (...call) => observe(call[0], () => native.executeOp(...call)) } });

const contestants = {
  compiled: await createSubject(values.model, await plugin.create(options)),
  "kernel by kernel": await createSubject(values.model, await plugin.create({ ...options, mode: "eager" })),
  ...(values.model.includes("vae") ? { "compiled, with gradient descent for Adam": await createSubject(values.model, await plugin.create(options), { optimizer: { ...adam, name: "sgd" } }) } : {}),
};
const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
for (const subject of Object.values(contestants)) for (let i = 0; i < 3; i += 1) await subject.update(true);
for (let round = 0; round < rounds; round += 1) {
  for (const [name, subject] of Object.entries(contestants)) {
    for (let i = 0; i < updates; i += 1) {
      const began = performance.now();
      await subject.update(true);
      times[name].push(performance.now() - began);
    }
  }
}
console.log(`| ${values.model}, batch ${contestants.compiled.batch}, ${threads} threads | median ms | least ms |\n|---|---|---|`);
for (const [name, list] of Object.entries(times)) console.log(`| ${name} | ${median(list).toFixed(1)} | ${Math.min(...list).toFixed(1)} |`);

Error.stackTraceLimit = 60;
const found = new Map();
observe = (op, call) => {
  const { stack } = new Error();
  const start = performance.now();
  try {
    return call();
  } finally {
    const part = Object.keys(parts).find((name) => parts[name](op, stack)) ?? "everything else";
    const { calls, time } = found.get(part) ?? { calls: 0, time: 0 };
    found.set(part, { calls: calls + 1, time: time + performance.now() - start });
  }
};
for (let i = 0; i < updates; i += 1) await contestants["kernel by kernel"].update(true);
observe = (_, call) => call();

const rows = [...found].map(([part, { calls, time }]) => ({ part, calls: calls / updates, time: time / updates })).toSorted((a, b) => b.time - a.time);
const whole = median(times["kernel by kernel"]);
const [inOps, calls] = ["time", "calls"].map((key) => rows.reduce((sum, row) => sum + row[key], 0));
const around = Math.max(0, whole - inOps) / calls;
console.log(`\nKernel by kernel: ${calls.toFixed(0)} ops, ${(1000 * around).toFixed(0)} us around each.\n\n| part | ops | ms in them | ms with what is around them | share of an update |\n|---|---|---|---|---|`);
for (const row of rows) {
  const all = row.time + row.calls * around;
  console.log(`| ${row.part} | ${row.calls.toFixed(0)} | ${row.time.toFixed(1)} | ${all.toFixed(1)} | ${((100 * all) / whole).toFixed(0)} % |`);
}
for (const subject of Object.values(contestants)) await subject.dispose();
