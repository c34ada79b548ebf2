import { createOnnxEngine } from "@idgan/engine-onnx";
import * as tf from "@tensorflow/tfjs";
import { performance } from "node:perf_hooks";

const size = 1024;
let compiled;

/** What a product of two matrices of 1024 x 1024 float32 attains, in GFLOP/s: the best of ten, as the limit that the machine sets at this moment. */
export async function matrixRate(threads) {
  compiled ??= (await createOnnxEngine({ threads, providers: ["cpu"] })).compile({
    name: "matrix",
    inputs: { a: [size, size], b: [size, size] },
    run: ({ a, b }) => ({ sum: tf.sum(tf.matMul(a, b)) }),
  });
  const step = await compiled;
  const ones = new Float32Array(size * size).fill(0.5);
  let best = Infinity;
  for (let i = 0; i < 10; i += 1) {
    const start = performance.now();
    await step.run({ a: ones, b: ones }, true);
    best = Math.min(best, performance.now() - start);
  }
  return (2 * size ** 3) / best / 1e6;
}
