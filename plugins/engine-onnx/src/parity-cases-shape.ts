import * as tf from "@tensorflow/tfjs";
import { int, type Case } from "./parity-cases.js";

function kernel(name: string, inputs: Readonly<Record<string, tf.Tensor>>, attrs: tf.NamedAttrMap = {}): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attrs) as tf.Tensor;
}

const matrices: readonly (readonly [readonly number[], readonly number[], boolean, boolean])[] = [
  [[3, 4], [4, 5], false, false], [[4, 3], [4, 5], true, false], [[3, 4], [5, 4], false, true], [[4, 3], [5, 4], true, true], [[1, 7], [7, 1], false, false],
  [[2, 3, 4], [2, 4, 5], false, false], [[2, 4, 3], [2, 5, 4], true, true], [[1, 3, 4], [1, 4, 5], false, false], [[2, 3, 4], [4, 5], false, false], [[2, 3, 4], [1, 4, 5], false, false],
];

export const shapeCases: readonly Case[] = [
  ...matrices.map(([a, b, transposeA, transposeB]): Case => ({
    title: `matMul of [${a}] and [${b}]${transposeA ? ", a transposed" : ""}${transposeB ? ", b transposed" : ""}`,
    shapes: [a, b], run: (x, y) => tf.matMul(x, y ?? x, transposeA, transposeB),
  })),
  { title: "a product, a bias and a rectifier", shapes: [[5, 4], [4, 3], [3]], run: (x, w, b) => tf.relu(tf.add(tf.matMul(x, w ?? x), b ?? x)) },
  { title: "a product read twice", shapes: [[5, 4], [4, 3], [3]], run: (x, w, b) => { const y = tf.matMul(x, w ?? x); return [tf.add(y, b ?? x), tf.add(b ?? x, y), y]; } },
  { title: "the gradient of a dense layer with leakyRelu", shapes: [[5, 4], [4, 3], [3]], run: (x, w, b) => tf.grads((...v) => tf.leakyRelu(tf.add(tf.matMul(v[0] ?? x, v[1] ?? x), v[2] ?? x), 0.2))([x, w ?? x, b ?? x]) },
  ...[[1, 0], [0, 2, 1, 3], [3, 1, 0, 2], [0, 3, 1, 2], [1, 2, 0]].map((perm): Case => ({ title: `transpose by [${perm}]`, shapes: [perm.map((axis) => [2, 3, 5, 4][axis] ?? 1)], run: (x) => tf.add(tf.transpose(x, perm), 1) })),
  { title: "transposes that move only axes of length 1", shapes: [[3, 1, 4]], run: (x) => [tf.transpose(x, [1, 0, 2]), tf.transpose(x, [0, 2, 1]), tf.transpose(x, [2, 1, 0])] },
  { title: "reshapes", shapes: [[2, 3, 4]], run: (x) => [tf.reshape(x, [6, -1]), tf.expandDims(x, -1), tf.squeeze(tf.reshape(x, [1, 24, 1])), tf.add(tf.reshape(x, [4, 3, 2]), 1)] },
  { title: "concat and stack", shapes: [[2, 3, 4], [2, 1, 4]], run: (a, b) => [tf.concat([a, b ?? a], 1), tf.concat([a, a], -1), tf.stack([a, a], 1), tf.concat([a, tf.zeros([0, 3, 4]), a], 0)] },
  { title: "slices", shapes: [[4, 5, 6]], run: (x) => [tf.slice(x, [1, 0, 2], [2, 5, 3]), tf.slice(x, [0, 4, 0], [-1, 1, -1]), tf.slice(x, [0, 0, 0]), ...tf.split(x, 2), ...tf.unstack(x)] },
  { title: "strided slices", shapes: [[6, 5, 4]], run: (x) => [tf.stridedSlice(x, [0, 4, 0], [6, 0, 4], [2, -2, 1]), tf.stridedSlice(x, [5, 0, 1], [0, 5, 4], [-1, 3, 2], 1, 1), tf.stridedSlice(x, [1, 4, 3], [2, -6, 4], [1, -1, 1])] },
  { title: "tile and broadcast", shapes: [[2, 1, 3], [1]], run: (x, y) => [tf.tile(x, [2, 3, 1]), tf.tile(x, [1, 4, 1]), tf.tile(y ?? x, [5]), tf.broadcastTo(x, [4, 2, 5, 3]), tf.broadcastTo(y ?? x, [3, 2])] },
  { title: "pad", shapes: [[3, 4, 2]], run: (x) => [tf.pad(x, [[1, 0], [2, 3], [0, 0]]), tf.pad(x, [[0, 1], [1, 1], [2, 0]], -1.5), tf.pad(int(x), [[0, 1], [0, 0], [1, 1]], 3), tf.pad(tf.greater(x, 0), [[1, 1], [0, 0], [0, 0]], 1)] },
  { title: "mirrorPad", shapes: [[3, 4, 5, 2]], run: (x) => [tf.mirrorPad(x, [[0, 0], [2, 3], [4, 1], [0, 0]], "reflect"), tf.mirrorPad(x, [[1, 3], [4, 0], [2, 5], [1, 2]], "symmetric")] },
  { title: "reverse", shapes: [[3, 4, 5]], run: (x) => [tf.reverse(x, 0), tf.reverse(x, [-1, 1]), tf.reverse(x)] },
  { title: "gather", shapes: [[4, 5, 3]], run: (x) => [tf.gather(x, tf.tensor1d([3, 0, 3], "int32")), tf.gather(x, tf.tensor2d([[4, 1]], [1, 2], "int32"), 1), tf.gather(x, tf.tensor1d([2], "int32"), -1)] },
  { title: "gather by an input", shapes: [[5], [5, 3]], range: [0, 4.99], run: (i, x) => tf.gather(x ?? i, int(i)) },
  { title: "gather in batches", shapes: [[2, 4, 3]], run: (x) => [tf.gather(x, tf.tensor2d([[3, 0], [1, 1]], [2, 2], "int32"), 1, 1), tf.gather(x, tf.tensor2d([[2, 0], [1, 1]], [2, 2], "int32"), 2, 1)] },
  { title: "the gradient of gather", shapes: [[4, 3]], run: (x) => tf.grad((y) => tf.square(tf.gather(y, tf.tensor1d([3, 0, 3, 1], "int32"))))(x) },
  { title: "oneHot", shapes: [[7]], range: [-2, 6], run: (x) => [tf.oneHot(int(x), 4), tf.oneHot(int(x), 5, 2.5, -1, "float32"), tf.oneHot(tf.reshape(int(tf.slice(x, 0, 6)), [2, 3]), 3)] },
  { title: "unsortedSegmentSum", shapes: [[6, 2, 3]], run: (x) => [tf.unsortedSegmentSum(x, tf.tensor1d([2, 0, 2, -1, 1, 7], "int32"), 4), tf.unsortedSegmentSum(int(tf.mul(x, 9)), tf.tensor1d([0, 0, 1, 1, 2, 2], "int32"), 3)] },
  { title: "scatterND", shapes: [[3, 2], [2]], run: (x, y) => [tf.scatterND(tf.tensor2d([[1], [3], [1]], [3, 1], "int32"), x, [5, 2]), tf.scatterND(tf.tensor2d([[0, 1], [2, 2]], [2, 2], "int32"), y ?? x, [3, 3])] },
  { title: "identity and outputs that are inputs or each other", shapes: [[2, 3], [4]], run: (x, y) => [x, y ?? x, tf.zeros([3]), tf.reshape(x, [3, 2]), tf.scalar(5)] },
  { title: "tensors without elements", shapes: [[3, 0], [3, 2]], run: (x, y) => [tf.concat([x, y ?? x], 1), tf.sum(x, 1), x, tf.slice(y ?? x, [0, 0], [0, 2])] },
  { title: "cumprod and prod's gradient", shapes: [[3, 4]], run: (x) => [tf.cumprod(x, 1), tf.cumprod(x, 0, true, true)] },
  { title: "batchNorm", shapes: [[2, 3, 3, 4], [4], [4], [4]], range: [0.1, 2], run: (x, m, v, s) => tf.batchNorm(x as tf.Tensor4D, (m ?? x) as tf.Tensor1D, (v ?? x) as tf.Tensor1D, undefined, (s ?? x) as tf.Tensor1D) },
  { title: "depthToSpace", shapes: [[2, 3, 2, 8]], run: (x) => tf.depthToSpace(x as tf.Tensor4D, 2, "NHWC") },
  { title: "kernels called by name", shapes: [[3, 4]], run: (x) => [kernel("Identity", { x }), kernel("OnesLike", { x }), tf.addN([x, x, x])] },
];
