import * as tf from "@tensorflow/tfjs";
import test from "ava";
import { createEagerEngine } from "../../trace/eager-engine.js";
import { traceStep } from "../../trace/trace-step.js";
import { convolutionStep, flopsOfConvolution, measureConvolution, measureConvolutions, type Convolution } from "./convolution-benchmark.js";
import { chooseEngine, type EngineFinding } from "./engines.js";
import { flopsOf } from "../../trace/flops.js";
import { convolutionsOf } from "./update-cost.js";

const convolution: Convolution = { x: [2, 7, 7, 3], filter: [4, 4, 3, 5], stride: 2 };

test("a convolution costs two operations for each weight and output pixel, and each gradient as much again", (t) => {
  const forward = 2 * (2 * 4 * 4) * (4 * 4 * 3 * 5);
  t.is(flopsOfConvolution(convolution), forward);
  t.is(flopsOf(traceStep(convolutionStep(convolution))), 3 * forward);
});

test("a matrix product costs two operations for each triple of indices, transposed or not", (t) => {
  for (const [a, b, transposeA, transposeB] of [[[4, 6], [6, 5], false, false], [[6, 4], [6, 5], true, false], [[4, 6], [5, 6], false, true]] as const) {
    const graph = traceStep({
      name: "product",
      inputs: { a, b },
      run: (inputs) => ({ product: tf.matMul(inputs["a"] as tf.Tensor2D, inputs["b"] as tf.Tensor2D, transposeA, transposeB) }),
    });
    t.is(flopsOf(graph), 2 * 4 * 5 * 6);
  }
});

test("the convolutions of a step are found, those inside a transposed one's gradient included", (t) => {
  const graph = traceStep({
    name: "two",
    inputs: { x: [1, 8, 8, 2], first: [3, 3, 2, 4], second: [4, 4, 5, 4] },
    run: ({ x, first, second }) => {
      const energy = (kernel: tf.Tensor) => tf.sum(tf.square(tf.conv2dTranspose(tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 1, "same"), second as tf.Tensor4D, [1, 16, 16, 5], 2, "same")));
      return { gradient: tf.grad(energy)(first as tf.Tensor) };
    },
  });
  t.deepEqual(convolutionsOf(graph), [
    { x: [1, 8, 8, 2], filter: [3, 3, 2, 4], stride: 1 },
    { x: [1, 16, 16, 5], filter: [4, 4, 5, 4], stride: 2 },
  ]);
});

test("a slow engine is timed on fewer images, scaled to all of them, and leaves no tensor behind", async (t) => {
  const before = tf.memory().numTensors;
  const asked: Convolution = { x: [1_000_000, 4, 4, 2], filter: [2, 2, 2, 2], stride: 2 };
  const { milliseconds, gigaflops } = await measureConvolution(createEagerEngine(), asked, 0.02);
  t.true(milliseconds > 20);
  t.is(Math.round((gigaflops * milliseconds * 1e6) / (3 * flopsOfConvolution(asked)) * 1e6), 1e6);
  t.is(tf.memory().numTensors, before);
});

test("convolutions that occur twice count twice, and the slowest is named", async (t) => {
  const small: Convolution = { x: [1, 4, 4, 1], filter: [2, 2, 1, 1], stride: 2 };
  const large: Convolution = { x: [1, 8, 8, 4], filter: [4, 4, 4, 4], stride: 1 };
  const speed = await measureConvolutions(createEagerEngine(), [small, large, small], 0.02);
  const flops = 3 * (2 * flopsOfConvolution(small) + flopsOfConvolution(large));
  t.true(Math.abs((speed.gigaflops * speed.milliseconds * 1e6) / flops - 1) < 1e-9);
  t.true([small, large].includes(speed.slowest.convolution) && speed.slowest.gigaflops <= speed.gigaflops);
});

test("the engine that is measured is the one asked for, else onnx, else any other before eager", (t) => {
  const engine = (name: string, available = true): EngineFinding => ({ name, version: "1", available, lines: [], plugin: {} as never });
  const name = (engines: readonly EngineFinding[], asked?: string) => chooseEngine(engines, asked)?.name;
  t.is(name([engine("eager"), engine("@idgan/engine-onnx")]), "@idgan/engine-onnx");
  t.is(name([engine("eager"), engine("@idgan/engine-onnx", false), engine("other/fast")]), "other/fast");
  t.is(name([engine("eager"), engine("@idgan/engine-onnx", false)]), "eager");
  t.is(name([engine("eager"), engine("@idgan/engine-onnx")], "eager"), "eager");
  t.is(name([engine("eager")], "onnx"), undefined);
});
