// Both forms of a convolution and its gradients on a processor, in turn on one thread, by processor time: node test/bench/forms.mjs [--rounds 9]
// `blocks`: on blocks of channels, a filter's gradient as one convolution over the batch; `patches`: a Gather and a matrix product.
// Images come in rows and results are summed, so that what it costs to go into blocks and out of them is counted.
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { createOnnxEngine, planOf } from "@idgan/engine-onnx";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "9" } } });
const tf = createRequire(new URL("../../core/package.json", import.meta.url))("@tensorflow/tfjs");
const rounds = Number(values.rounds);

/** Batch, height and width, channels, outChannels, taps on a side, stride. */
const shapes = [
  [64, 64, 1, 32, 4, 2], [64, 32, 32, 32, 4, 2], [64, 16, 32, 64, 4, 2], [64, 8, 64, 64, 4, 2],
  [16, 64, 64, 64, 3, 1], [16, 32, 128, 128, 3, 1], [16, 16, 256, 256, 3, 1], [16, 8, 512, 512, 3, 1], [16, 64, 64, 3, 3, 1], [4, 32, 512, 512, 3, 1],
];

/** What is timed of a convolution, as steps of an image, a filter and the other gradient. */
const steps = {
  forward: (convolve) => ({ x, w }) => convolve(x, w),
  "input's gradient": (convolve) => ({ x, w, dy }) => tf.grad((a) => convolve(a, w))(x, dy),
  "filter's gradient": (convolve) => ({ x, w, dy }) => tf.grad((v) => convolve(x, v))(w, dy),
};

const engines = {};
for (const plan of ["patches", "blocks"]) {
  engines[plan] = await createOnnxEngine({ threads: 1, providers: ["cpu"], ...(plan === "patches" && { plan: planOf("gather") }) });
}

async function contestant(engine, name, [batch, size, channels, outChannels, taps, stride]) {
  const pad = stride === 1 ? "same" : 1;
  const convolve = (x, w) => tf.conv2d(x, w, stride, pad, "NHWC", 1, pad === "same" ? undefined : "floor");
  const run = steps[name](convolve);
  const inputs = { x: [batch, size, size, channels], w: [taps, taps, channels, outChannels], dy: [batch, size / stride, size / stride, outChannels] };
  const compiled = await engine.compile({ name: "form", inputs, run: (given) => ({ total: tf.sum(tf.square(run(given))) }) });
  const feeds = Object.fromEntries(Object.entries(inputs).map(([key, shape]) => [key, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5)]));
  await compiled.run(feeds);
  return { run: () => compiled.run(feeds), dispose: () => compiled.dispose(), least: Infinity };
}

const columns = Object.keys(steps).flatMap((name) => Object.keys(engines).map((plan) => [name, plan]));
console.log(`| batch, size, channels, out, taps, stride | ${columns.map(([name, plan]) => `${name}, ${plan}`).join(" | ")} |\n|---|${"---|".repeat(columns.length)}`);
for (const shape of shapes) {
  const field = [];
  for (const [name, plan] of columns) field.push(await contestant(engines[plan], name, shape));
  for (let round = 0; round < rounds; round += 1) {
    for (const entry of field) {
      const used = process.cpuUsage();
      await entry.run();
      const { user, system } = process.cpuUsage(used);
      entry.least = Math.min(entry.least, (user + system) / 1000);
    }
  }
  console.log(`| ${shape.join(", ")} | ${field.map(({ least }) => least.toFixed(1)).join(" | ")} |`);
  for (const entry of field) await entry.dispose();
}
for (const engine of Object.values(engines)) await engine.dispose();
