// What one update costs kernel by kernel on TensorFlow, and for whom: node test/bench/eager.mjs [--model vae] [--updates 5] [--threads 2]
// Each call of an op of TensorFlow's is timed, and goes to the part of an update that asked for it; the rest of the time is JavaScript's. A part that one fused op computed
// would save at most its whole line: its ops, and as many calls' share of the rest.
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { performance } from "node:perf_hooks";
import * as tf from "@tensorflow/tfjs";
import plugin from "@idgan/engine-tensorflow";
import { createSubject, defaultsOf } from "./subjects.mjs";

const { values } = parseArgs({ options: { model: { type: "string", default: "vae" }, updates: { type: "string", default: "5" }, threads: { type: "string", default: "2" } } });
const updates = Number(values.updates);

/** Parts of an update, by the op that is called and by who is on the stack then; the first that fits. */
const parts = {
  "optimizer": (_, stack) => /optimizers\/(adam|rmsprop|sgd)\.js/.test(stack),
  "average of the weights": (_, stack) => /optimizers\/average\.js/.test(stack),
  "batch norm and its gradient": (_, stack) => /batch-norm\.js|normalisation-gradients\.js/.test(stack),
  "convolutions and matrix products": (op) => /^(Depthwise)?Conv2D|MatMul/.test(op),
  "resizing and pooling": (op) => /^Resize|Pool/.test(op),
  "rectifiers, and the steps that are their gradients": (op) => /^(Leaky)?Relu|^Greater$|^SelectV2$/.test(op),
  "sums, most of them gradients of biases": (op) => op === "Sum",
};

/** What is done with each call of an op; the addon's own functions cannot be replaced, so that the engine is given a binding that inherits them. */
let observe = (_, call) => call();
process.env.TF_CPP_MIN_LOG_LEVEL = "1";
process.env.TF_NUM_INTRAOP_THREADS = values.threads;
process.env.TF_NUM_INTEROP_THREADS = values.threads;
createRequire(createRequire(import.meta.url).resolve("@idgan/engine-tensorflow"))("@tensorflow/tfjs-node-gpu");
const backend = tf.findBackend("tensorflow");
const native = backend.binding;
backend.binding = Object.create(native, { executeOp: { value: (...call) => observe(call[0], () => native.executeOp(...call)) } });

const engine = await plugin.create({ ...defaultsOf(plugin), mode: "eager", threads: Number(values.threads) });
const subject = await createSubject(values.model, engine);
await subject.update(true);

const began = performance.now();
for (let i = 0; i < updates; i += 1) await subject.update(true);
const whole = (performance.now() - began) / updates;

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
for (let i = 0; i < updates; i += 1) await subject.update(true);
observe = (_, call) => call();

const rows = [...found].map(([part, { calls, time }]) => ({ part, calls: calls / updates, time: time / updates })).toSorted((a, b) => b.time - a.time);
const inOps = rows.reduce((sum, { time }) => sum + time, 0);
const allCalls = rows.reduce((sum, { calls }) => sum + calls, 0);
const around = Math.max(0, whole - inOps) / allCalls;
console.log(`${values.model}: ${whole.toFixed(0)} ms an update, ${allCalls.toFixed(0)} ops, ${(1000 * around).toFixed(0)} us around each\n`);
console.log("| part | ops | ms in them | ms with what is around them | share of an update |\n|---|---|---|---|---|");
for (const { part, calls, time } of rows) {
  const all = time + calls * around;
  console.log(`| ${part} | ${calls.toFixed(0)} | ${time.toFixed(1)} | ${all.toFixed(1)} | ${((100 * all) / whole).toFixed(0)} % |`);
}
await subject.dispose();
await engine.dispose();
