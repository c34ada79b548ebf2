import * as tf from "@tensorflow/tfjs";
import test from "ava";
import type { Graph } from "./graph.js";
import { tracedKernels } from "./kernels/table.js";
import { silenceNodeNotice } from "../ops/node-notice.js";
import { optimise } from "./passes/optimise.js";
import { printGraph } from "./print-graph.js";
import { runGraph } from "./run-graph.js";
import { traceStep } from "./trace-step.js";

type Op = (...inputs: tf.Tensor[]) => tf.Tensor;

interface Case {
  readonly shapes: readonly (readonly number[])[];
  readonly op: Op;
  /** How often it is differentiated. */
  readonly order: 0 | 1 | 2;
}

/** Both sides run the same cpu kernels, save for decompositions and the passes' changed order of additions. */
const tolerance = 2e-5;

const image = [2, 5, 6, 3];
const same = (op: Op, order: Case["order"] = 1, ...shapes: readonly (readonly number[])[]): Case => ({ op, order, shapes: shapes.length > 0 ? shapes : [[2, 3]] });
const pair = (op: Op, order: Case["order"] = 1): Case => same(op, order, [2, 1, 4], [3, 1]);
/** A square of the result makes the first derivative depend on the input, and so the second one worth taking. */
const conv = (strides: number, pad: "same" | "valid" | number): Case =>
  same((x, w) => tf.square(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad, "NHWC", 1, typeof pad === "number" ? "floor" : undefined)), 2, image, [3, 3, 3, 2]);
const indices = () => tf.tensor1d([2, 0, 2, 1], "int32");
const four = (x: tf.Tensor | undefined): tf.Tensor4D => x as tf.Tensor4D;

const direct = (name: string, inputs: readonly [string, string], attrs: tf.NamedAttrMap, ...shapes: readonly (readonly number[])[]): Case =>
  same((a, b) => tf.engine().runKernel(name, { [inputs[0]]: a as tf.Tensor, [inputs[1]]: b as tf.Tensor }, attrs) as tf.Tensor, 0, ...shapes);

const cases: Readonly<Record<string, Case>> = {
  add: pair(tf.add), sub: pair(tf.sub), mul: pair((a, b) => tf.square(tf.mul(a, b)), 2), div: pair((a, b) => tf.square(tf.div(a, tf.add(2, b))), 2),
  maximum: same(tf.maximum, 1, [2, 3], [2, 3]), minimum: pair(tf.minimum, 0), pow: pair((a, b) => tf.pow(tf.abs(a), b)), squaredDifference: same(tf.squaredDifference, 1, [2, 3], [2, 3]),
  mod: pair((a, b) => tf.mod(a, tf.add(2, b)), 0), atan2: pair(tf.atan2, 1), floorDiv: pair((a, b) => tf.floorDiv(tf.mul(9, a), tf.add(2, b)), 0),
  comparisons: pair((a, b) => tf.stack([tf.equal(a, b), tf.notEqual(a, b), tf.greater(a, b), tf.greaterEqual(a, b), tf.less(a, b), tf.lessEqual(a, b)]), 0),
  logical: pair((a, b) => tf.logicalXor(tf.greater(a, 0), tf.logicalAnd(tf.less(b, 0), tf.logicalOr(tf.less(a, b), tf.greater(b, 0)))), 0),
  exp: same(tf.exp), expm1: same(tf.expm1), log: same((x) => tf.log(tf.add(2, x))), log1p: same(tf.log1p), sqrt: same((x) => tf.sqrt(tf.add(2, x)), 2),
  rsqrt: same((x) => tf.rsqrt(tf.add(2, x))), square: same(tf.square, 2), abs: same(tf.abs), neg: same(tf.neg), sign: same(tf.sign), sin: same(tf.sin, 2), cos: same(tf.cos, 2),
  tanh: same(tf.tanh), sigmoid: same(tf.sigmoid), softplus: same(tf.softplus, 2), relu: same(tf.relu, 1), relu6: same(tf.relu6, 1), elu: same(tf.elu), selu: same(tf.selu),
  leakyRelu: same((x) => tf.leakyRelu(x, 0.3)), prelu: same((x, a) => tf.prelu(x, a as tf.Tensor), 1, [4, 3], [3]), step: same((x) => tf.step(x, -0.5), 0), erf: same(tf.erf), reciprocal: same((x) => tf.reciprocal(tf.add(2, x))),
  sinh: same(tf.sinh), cosh: same(tf.cosh), tan: same(tf.tan), atan: same(tf.atan),
  lrn: same((x) => tf.localResponseNormalization(four(x), 1, 2, 0.5, 0.75), 1, [2, 3, 3, 5]),
  rounding: same((x) => tf.stack([tf.floor(tf.mul(3, x)), tf.ceil(x), tf.round(x)]), 0), clip: same((x) => tf.clipByValue(x, -0.3, 0.4)),
  finite: same((x) => tf.stack([tf.isNaN(x), tf.isFinite(tf.div(x, 0)), tf.isInf(tf.div(x, 0))]), 0), cast: same((x) => tf.cast(tf.cast(tf.mul(x, 9), "int32"), "float32"), 0),
  where: same((a, b) => tf.where(tf.tensor2d([[1, 0, 1], [0, 0, 1]], [2, 3], "bool"), a, b), 1, [2, 3], [2, 3]),
  concat: same((a, b) => tf.concat([a, tf.zeros([2, 0]), b], -1), 1, [2, 3], [2, 4]), slice: same((x) => tf.slice(x, [0, 1], [-1, 2])),
  strided: same((x) => tf.concat([tf.stridedSlice(x, [0, 0], [2, 5], [1, 2]), tf.stridedSlice(x, [1, -1], [2, 1], [1, -1], 1)], 1), 0, [2, 6]),
  split: same((x) => tf.mul(...(tf.split(x, 2, 1) as [tf.Tensor, tf.Tensor])), 1, [3, 4]), unstack: same((x) => tf.stack(tf.unstack(x, 1).toReversed(), -1), 1, [3, 4]),
  tile: same((x) => tf.tile(x, [2, 3])), pad: same((x) => tf.pad(x, [[1, 2], [0, 1]], 0.5)), mirrorPad: same((x) => tf.mirrorPad(x, [[1, 1], [0, 2]], "reflect"), 0), reverse: same((x) => tf.reverse(x, 1)),
  gather: same((x) => tf.square(tf.gather(x, indices(), 1)), 1, [2, 3]), oneHot: same((x) => tf.mul(x, tf.oneHot(indices(), 3)), 1, [4, 3]),
  scatter: same((x) => tf.scatterND(tf.tensor2d([[1], [0], [1]], [3, 1], "int32"), x, [4, 2]), 0, [3, 2]), broadcastTo: same((x) => tf.square(tf.broadcastTo(x, [4, 2, 3])), 1),
  fills: same((x) => tf.add(tf.mul(x, tf.ones([2, 3])), tf.sub(tf.onesLike(x), tf.zerosLike(x)))), ranges: same((x) => tf.add(tf.mul(x, tf.range(0, 3)), tf.linspace(0, 1, 3))),
  sum: same((x) => tf.square(tf.sum(x, [-1], true)), 2), mean: same((x) => tf.square(tf.mean(x, 0)), 2), prod: same((x) => tf.prod(x, 1), 1), max: same((x) => tf.max(x, 1)), min: same((x) => tf.min(x, 0, true)),
  argMax: same((x) => tf.stack([tf.argMax(x, -1), tf.argMin(x, -1)]), 0), anyAll: same((x) => tf.stack([tf.any(tf.greater(x, 0), 1), tf.all(tf.greater(x, 0), 1)]), 0),
  cumsum: same((x) => tf.square(tf.cumsum(x, 1, true, true)), 1), moments: same((x) => tf.moments(x, [0]).variance, 1), logSumExp: same((x) => tf.logSumExp(x, 1), 1),
  matMul: same((a, b) => tf.square(tf.matMul(a, b, true, true)), 2, [3, 2], [4, 3]), batchMatMul: same((a, b) => tf.matMul(a, b), 1, [2, 3, 2], [2, 2, 4]),
  conv1: conv(1, "same"), conv2: conv(2, 1), convValid: conv(2, "valid"), dilated: same((x, w) => tf.conv2d(four(x), four(w), 1, "same", "NHWC", 2), 0, image, [3, 3, 3, 2]),
  convTranspose: same((x, w) => tf.square(tf.conv2dTranspose(four(x), four(w), [2, 8, 9, 2], 2, "same")), 2, [2, 4, 5, 3], [4, 4, 2, 3]),
  depthwise: same((x, w) => tf.square(tf.depthwiseConv2d(four(x), four(w), 2, "same")), 1, image, [3, 3, 3, 2]),
  avgPool: same((x) => tf.square(tf.avgPool(four(x), 2, 2, "valid")), 1, image), maxPool: same((x) => tf.square(tf.maxPool(four(x), 3, 2, "same")), 1, image),
  bilinear: same((x) => tf.square(tf.image.resizeBilinear(four(x), [9, 4])), 1, [2, 5, 5, 3]), nearest: same((x) => tf.square(tf.image.resizeNearestNeighbor(four(x), [10, 12])), 1, image),
  depthToSpace: same((x) => tf.depthToSpace(four(x), 2), 0, [1, 2, 3, 8]), softmax: same((x) => tf.square(tf.softmax(x)), 1), logSoftmax: same((x) => tf.square(tf.logSoftmax(x)), 1),
  addN: same((a, b) => tf.addN([a, b, a]), 1, [2, 3], [2, 3]),
  batchNorm: same((x, m, v, o, s) => tf.batchNorm(four(x), m as tf.Tensor1D, tf.square(v ?? m) as tf.Tensor1D, o as tf.Tensor1D, s as tf.Tensor1D), 1, image, [3], [3], [3], [3]),
  fusedConv: same((x, w, b) => tf.fused.conv2d({ x: four(x), filter: four(w), strides: 1, pad: "same", bias: b as tf.Tensor, activation: "relu6" }), 0, image, [3, 3, 3, 2], [2]),
  fusedMatMul: same((a, b, bias) => tf.fused.matMul({ a, b: b as tf.Tensor, bias: bias as tf.Tensor, activation: "leakyrelu", leakyreluAlpha: 0.1 }), 0, [2, 3], [3, 4], [4]),
  fusedDepthwise: same((x, w) => tf.fused.depthwiseConv2d({ x: four(x), filter: four(w), strides: 1, pad: "same", activation: "elu" }), 0, image, [3, 3, 3, 1]),
  avgPoolGrad: direct("AvgPoolGrad", ["dy", "input"], { filterSize: 2, strides: 2, pad: "valid" }, [2, 2, 3, 3], image),
  maxPoolGrad: same((x, dy) => tf.engine().runKernel("MaxPoolGrad", { dy: dy as tf.Tensor, input: x, output: tf.maxPool(four(x), 2, 2, "valid") }, { filterSize: 2, strides: 2, pad: "valid" }) as tf.Tensor, 0, image, [2, 2, 3, 3]),
  // The cpu kernel swaps height and width, so the image is square.
  bilinearGrad: direct("ResizeBilinearGrad", ["images", "dy"], { size: [9, 4], alignCorners: false, halfPixelCenters: false }, [2, 5, 5, 3], [2, 9, 4, 3]),
  nearestGrad: direct("ResizeNearestNeighborGrad", ["images", "dy"], { size: [10, 12], alignCorners: false, halfPixelCenters: false }, image, [2, 10, 12, 3]),
  depthwiseToInput: direct("DepthwiseConv2dNativeBackpropInput", ["dy", "filter"], { strides: 1, pad: "same", dilations: 1, inputShape: image }, [2, 5, 6, 6], [3, 3, 3, 2]),
  depthwiseToFilter: direct("DepthwiseConv2dNativeBackpropFilter", ["x", "dy"], { strides: 1, pad: "same", dilations: 1, filterShape: [3, 3, 3, 2] }, image, [2, 5, 6, 6]),
  eluGrad: direct("EluGrad", ["dy", "y"], {}, [2, 3], [2, 3]),
  segmentSum: same((x) => tf.unsortedSegmentSum(x, indices(), 4), 0, [4, 3]),
  batchDims: same((x) => tf.gather(x, tf.tensor2d([[1, 0], [2, 2]], [2, 2], "int32"), 1, 1), 0, [2, 3, 2]),
};

/** A linear congruential generator: values in [-1, 1). */
function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 2147483648 - 1;
  });
}

/** The op's result, then its gradients in every input, then those of the sum of the first of them. */
function derivatives({ op, order }: Case, inputs: readonly tf.Tensor[]): Record<string, tf.Tensor> {
  const total = (...xs: tf.Tensor[]): tf.Scalar => tf.sum(tf.cast(op(...xs), "float32"));
  const outputs: Record<string, tf.Tensor> = { value: op(...inputs) };
  if (order > 0) for (const [i, gradient] of tf.grads(total)([...inputs]).entries()) outputs[`d${i}`] = gradient;
  if (order > 1) {
    const [first] = inputs;
    const slope = (...xs: tf.Tensor[]): tf.Scalar => tf.sum(tf.square(tf.grad((x) => total(x, ...xs.slice(1)))(xs[0] as tf.Tensor)));
    if (first) for (const [i, gradient] of tf.grads(slope)([...inputs]).entries()) outputs[`dd${i}`] = gradient;
  }
  return outputs;
}

silenceNodeNotice();
await tf.setBackend("cpu");

const recorded = new Set<string>();

function note(graph: Graph): void {
  for (const { kernel } of graph.nodes) recorded.add(kernel);
}

for (const [name, one] of Object.entries(cases)) {
  test(`a trace of ${name}, and of its derivatives, computes what tfjs computes`, (t) => {
    const feeds = Object.fromEntries(one.shapes.map((shape, i) => [`x${i}`, numbers(tf.util.sizeFromShape([...shape]), i + 1)]));
    const step = {
      name,
      inputs: Object.fromEntries(one.shapes.map((shape, i) => [`x${i}`, shape])),
      run: (inputs: Readonly<Record<string, tf.Tensor>>) => derivatives(one, Object.values(inputs)),
    };
    const graph = traceStep(step);
    note(graph);
    const better = optimise(graph);
    t.true(better.nodes.length <= graph.nodes.length);
    tf.tidy(() => {
      const inputs = Object.fromEntries(one.shapes.map((shape, i) => [`x${i}`, tf.tensor(feeds[`x${i}`] ?? [], [...shape])]));
      const eager = step.run(inputs);
      for (const [form, outputs] of Object.entries({ traced: runGraph(graph, feeds).outputs, optimised: runGraph(better, feeds).outputs })) {
        for (const [output, tensor] of Object.entries(eager)) {
          const wanted = Float32Array.from(tensor.dataSync());
          const got = outputs[output];
          t.is(got?.length, wanted.length);
          const scale = wanted.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 1);
          const off = wanted.findIndex((value, i) => !(Object.is(value, got?.[i]) || Math.abs(value - (got?.[i] ?? Number.NaN)) <= tolerance * scale));
          t.is(off, -1, `${form} ${output}: ${wanted[off]} and ${got?.[off]}\n${printGraph(graph)}`);
        }
      }
    });
  });
}

test("every kernel of the table is recorded by some case", (t) => {
  t.deepEqual(tracedKernels.filter((kernel) => !recorded.has(kernel)), []);
});
