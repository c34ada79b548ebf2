import * as tf from "@tensorflow/tfjs";

/** An op as a backbone may use it, and what tfjs does with its derivatives. */
export interface Op {
  readonly name: string;
  /** Shapes of the inputs; the first is differentiated for the penalty, and all of them after it. */
  readonly shapes: readonly number[][];
  readonly run: (...inputs: tf.Tensor[]) => tf.Tensor;
  /** What tfjs itself gets wrong, or throws at: both orders, only the second, or neither. */
  readonly stock: "right" | "first" | "second";
  /** Values of the inputs: magnitudes from 0.4 to 1.2 of either sign, only positive, all different by a margin, or with a zero. */
  readonly values?: "positive" | "distinct" | "zero";
}

function op(name: string, stock: Op["stock"], shapes: readonly number[][], run: Op["run"], values?: Op["values"]): Op {
  return { name, stock, shapes, run, ...(values && { values }) };
}

/** An op of one tensor; a weight stands in front of it, so that also what is linear in pieces has a second derivative. */
function unary(name: string, stock: Op["stock"], run: (x: tf.Tensor) => tf.Tensor, values?: Op["values"], shape: number[] = [3, 4]): Op {
  return op(name, stock, [shape, shape], (x, w) => run(tf.mul(x, w)), values);
}

/** A linear op: squared, so that its gradient depends on what it was applied to. */
function linear(name: string, stock: Op["stock"], shapes: readonly number[][], run: Op["run"], values?: Op["values"]): Op {
  return op(name, stock, shapes, (...inputs) => tf.square(run(...inputs)), values);
}

const image = [2, 5, 6, 2];
type Image = tf.Tensor4D;

export const ops: readonly Op[] = [
  unary("tanh", "second", tf.tanh),
  unary("sigmoid", "second", tf.sigmoid),
  unary("exp", "second", tf.exp),
  unary("expm1", "right", tf.expm1),
  unary("elu", "second", tf.elu),
  unary("selu", "second", tf.selu),
  unary("softplus", "right", tf.softplus),
  unary("relu", "right", tf.relu),
  unary("relu6", "second", (x) => tf.square(tf.relu6(tf.add(tf.mul(x, 6), 3))), "distinct"),
  unary("leakyRelu", "second", (x) => tf.leakyRelu(x, 0.2)),
  unary("softmax", "second", (x) => tf.softmax(x)),
  unary("logSoftmax", "second", (x) => tf.logSoftmax(x)),
  unary("abs", "right", tf.abs),
  unary("sqrt", "right", tf.sqrt, "positive"),
  unary("rsqrt", "right", tf.rsqrt, "positive"),
  unary("square", "right", tf.square),
  unary("pow to a number", "right", (x) => tf.pow(x, 2.5), "positive"),
  unary("log", "right", tf.log, "positive"),
  unary("log1p", "right", tf.log1p, "positive"),
  unary("reciprocal", "right", tf.reciprocal),
  unary("sin", "right", tf.sin),
  unary("cos", "right", tf.cos),
  unary("erf", "right", tf.erf),
  unary("clipByValue", "second", (x) => tf.square(tf.clipByValue(x, -0.7, 0.8)), "distinct"),
  unary("where", "first", (x) => tf.where(tf.greater(x, 0), tf.square(x), tf.mul(x, -0.3))),
  unary("a custom gradient that saves its output", "second", (x) =>
    tf.customGrad((input, save) => {
      const y = tf.exp(input as tf.Tensor);
      (save as tf.GradSaveFunc)([y]);
      return { value: y, gradFunc: (dy, saved) => tf.mul(dy, saved[0] ?? 0) };
    })(x)),

  op("prelu", "second", [[3, 4], [4], [3, 4]], (x, alpha, w) => tf.prelu(tf.mul(x, w), alpha)),
  op("div", "right", [[3, 4], [4]], (a, b) => tf.div(a, b)),
  op("pow", "right", [[3, 4], [4]], (a, b) => tf.pow(a, b), "positive"),
  linear("maximum", "first", [[3, 4], [3, 1]], (a, b) => tf.maximum(a, b), "distinct"),
  linear("minimum", "first", [[3, 4], [4]], (a, b) => tf.minimum(a, b), "distinct"),
  linear("maximum with a number", "right", [[3, 4], [3, 4]], (a, w) => tf.maximum(tf.mul(a, w), 0.1)),
  op("squaredDifference", "first", [[3, 4], [4], [3, 4]], (a, b, w) => tf.squaredDifference(tf.mul(a, w), b)),

  linear("sum", "right", [[3, 4, 2], [3, 4, 2]], (x, w) => tf.sum(tf.mul(x, w), [0, 2])),
  linear("mean", "right", [[3, 4, 2], [3, 4, 2]], (x, w) => tf.mean(tf.mul(x, w), -1, true)),
  linear("max", "second", [[3, 5], [3, 5]], (x, w) => tf.max(tf.mul(x, w), 1), "distinct"),
  linear("min", "second", [[3, 5], [3, 5]], (x, w) => tf.min(tf.mul(x, w), 0), "distinct"),
  unary("prod", "second", (x) => tf.prod(x, [1]), undefined, [2, 5]),
  op("prod with a zero, over two axes", "second", [[2, 3, 2]], (x) => tf.prod(x, [1, 0]), "zero"),
  unary("logSumExp", "second", (x) => tf.logSumExp(x, 1)),
  unary("variance of moments", "right", (x) => tf.moments(x, [0]).variance),
  unary("norm", "right", (x) => tf.norm(x, "euclidean", 1)),
  linear("matMul", "right", [[3, 4], [4, 2]], (a, b) => tf.matMul(a, b)),
  linear("matMul transposed", "right", [[4, 3], [2, 4]], (a, b) => tf.matMul(a, b, true, true)),
  linear("matMul, first transposed", "right", [[4, 3], [4, 2]], (a, b) => tf.matMul(a, b, true, false)),
  linear("matMul, second transposed", "right", [[3, 4], [2, 4]], (a, b) => tf.matMul(a, b, false, true)),
  linear("batched matMul", "first", [[2, 3, 4], [1, 4, 2]], (a, b) => tf.matMul(a, b)),

  linear("concat", "right", [[2, 3], [2, 2]], (a, b) => tf.concat([a, b], 1)),
  linear("split", "right", [[2, 6], [2, 3]], (x, w) => { const [a, b] = tf.split(x, 2, 1); return tf.mul(tf.mul(a ?? x, b ?? x), w); }),
  linear("slice", "right", [[3, 4], [2, 2]], (x, w) => tf.mul(tf.slice(x, [1, 1], [2, 2]), w)),
  linear("stridedSlice", "first", [[2, 5, 6], [2, 2, 2]], (x, w) => tf.mul(tf.stridedSlice(x, [0, 1, 5], [2, 5, 0], [1, 2, -3]), w)),
  linear("stridedSlice with masks", "first", [[2, 5, 6], [5, 1, 4]], (x, w) => tf.mul(tf.stridedSlice(x, [1, 2, 0, -5], [2, 0, 0, -1], [1, 1, 1, 1], 2, 2, 0, 4, 1), w)),
  linear("gather", "right", [[4, 3], [5, 3]], (x, w) => tf.mul(tf.gather(x, tf.tensor1d([3, 0, 3, 1, 2], "int32")), w)),
  linear("tile", "right", [[2, 3], [4, 3]], (x, w) => tf.mul(tf.tile(x, [2, 1]), w)),
  linear("tile of rank 5", "first", [[1, 2, 1, 3, 2], [2, 2, 3, 6, 2]], (x, w) => tf.mul(tf.tile(x, [2, 1, 3, 2, 1]), w)),
  linear("broadcastTo", "right", [[3, 1], [3, 4]], (x, w) => tf.mul(tf.broadcastTo(x, [3, 4]), w)),
  linear("pad", "right", [[2, 3], [4, 6]], (x, w) => tf.mul(tf.pad(x, [[1, 1], [1, 2]], 0.3), w)),
  linear("mirrorPad, reflect", "first", [[3, 4], [6, 8]], (x, w) => tf.mul(tf.mirrorPad(x, [[1, 2], [3, 1]], "reflect"), w)),
  linear("mirrorPad, symmetric", "first", [[3, 4], [6, 8]], (x, w) => tf.mul(tf.mirrorPad(x, [[1, 2], [3, 1]], "symmetric"), w)),
  linear("transpose and reshape", "right", [[2, 3, 2], [4, 3]], (x, w) => tf.mul(tf.reshape(tf.transpose(x, [2, 0, 1]), [4, 3]), w)),
  linear("stack and unstack", "right", [[2, 3], [2, 3]], (x, w) => { const [a, b] = tf.unstack(tf.stack([x, tf.mul(x, w)], 1), 0); return tf.mul(a ?? x, b ?? x); }),
  linear("cumsum", "first", [[3, 4], [3, 4]], (x, w) => tf.cumsum(tf.mul(x, w), 0, true, true)),
  linear("reverse", "right", [[3, 4], [3, 4]], (x, w) => tf.mul(tf.reverse(x, 1), w)),
  linear("depthToSpace", "first", [[1, 2, 3, 8], [1, 4, 6, 2]], (x, w) => tf.mul(tf.depthToSpace(x as Image, 2), w)),

  linear("conv2d", "right", [image, [3, 3, 2, 3]], (x, w) => tf.conv2d(x as Image, w as Image, 1, "same")),
  linear("conv2d with stride and padding", "right", [image, [4, 4, 2, 3]], (x, w) => tf.conv2d(x as Image, w as Image, 2, 1, "NHWC", 1, "floor")),
  linear("dilated conv2d", "first", [image, [2, 3, 2, 3]], (x, w) => tf.conv2d(x as Image, w as Image, 1, "same", "NHWC", [3, 2])),
  linear("conv2dTranspose", "right", [[2, 3, 3, 2], [4, 4, 3, 2]], (x, w) => tf.conv2dTranspose(x as Image, w as Image, [2, 6, 6, 3], 2, "same")),
  linear("depthwiseConv2d", "second", [image, [3, 3, 2, 2]], (x, w) => tf.depthwiseConv2d(x as Image, w as Image, 2, "same")),
  linear("dilated depthwiseConv2d", "first", [image, [2, 3, 2, 2]], (x, w) => tf.depthwiseConv2d(x as Image, w as Image, 1, "valid", "NHWC", [1, 2])),
  linear("separableConv2d", "second", [image, [3, 3, 2, 2], [1, 1, 4, 3]], (x, d, p) => tf.separableConv2d(x as Image, d as Image, p as Image, 1, "same")),

  linear("avgPool", "second", [image, [2, 2, 3, 2]], (x, w) => tf.mul(tf.avgPool(x as Image, 2, 2, "valid"), w)),
  linear("avgPool that tiles", "second", [[2, 4, 6, 2], [2, 2, 2, 2]], (x, w) => tf.mul(tf.avgPool(x as Image, [2, 3], [2, 3], "valid"), w)),
  linear("avgPool, overlapping", "first", [image, [2, 3, 3, 2]], (x, w) => tf.mul(tf.avgPool(x as Image, 3, 2, "same"), w)),
  linear("avgPool with padding", "first", [image, [2, 3, 3, 2]], (x, w) => tf.mul(tf.avgPool(x as Image, 3, 2, 1, "floor"), w)),
  linear("maxPool", "second", [[1, 4, 4, 2], [1, 2, 2, 2]], (x, w) => tf.mul(tf.maxPool(x as Image, 2, 2, "valid"), w), "distinct"),
  linear("maxPool, overlapping", "second", [[1, 5, 6, 1], [1, 3, 3, 1]], (x, w) => tf.mul(tf.maxPool(x as Image, 3, 2, "same"), w), "distinct"),
  linear("maxPool with padding", "second", [[1, 5, 5, 1], [1, 3, 3, 1]], (x, w) => tf.mul(tf.maxPool(x as Image, 3, 2, 1, "floor"), w), "distinct"),
  ...([[false, false], [true, false], [false, true]] as const).flatMap(([align, half]) =>
    ([[10, 12], [7, 4]] as const).flatMap(([height, width]) => {
      const size: [number, number] = [height, width];
      const name = `to ${height}x${width}${align ? ", corners aligned" : ""}${half ? ", half pixel centres" : ""}`;
      const shapes = [image, [2, height, width, 2]];
      return [
        linear(`resizeNearestNeighbor ${name}`, "first", shapes, (x, w) => tf.mul(tf.image.resizeNearestNeighbor(x as Image, size, align, half), w)),
        linear(`resizeBilinear ${name}`, "first", shapes, (x, w) => tf.mul(tf.image.resizeBilinear(x as Image, size, align, half), w)),
      ];
    })),

  op("batchNorm", "right", [image, [2], [2], [2]], (x, mean, offset, scale) =>
    tf.square(tf.batchNorm(x, mean as tf.Tensor1D, tf.square(offset) as tf.Tensor1D, offset as tf.Tensor1D, scale as tf.Tensor1D, 0.1))),
  op("batchNorm without offset", "first", [image, [2], [2]], (x, variance, scale) =>
    tf.square(tf.batchNorm(x, tf.mul(variance, scale) as tf.Tensor1D, tf.square(variance) as tf.Tensor1D, undefined, scale as tf.Tensor1D, 0.1))),
  op("batchNorm of the batch's own moments, without scale and offset", "first", [image, image], (x, w) => {
    const { mean, variance } = tf.moments(tf.mul(x, w), [0, 1, 2]);
    return tf.square(tf.batchNorm(tf.mul(x, w), mean as tf.Tensor1D, variance as tf.Tensor1D, undefined, undefined, 0.1));
  }),
  op("batchNorm with statistics of the input's shape", "first", [[2, 3], [2, 3], [2, 3]], (x, mean, scale) =>
    tf.square(tf.batchNorm2d(x as tf.Tensor2D, mean as tf.Tensor2D, tf.square(mean) as tf.Tensor2D, undefined, scale as tf.Tensor2D, 0.1))),
  op("localResponseNormalization", "second", [[1, 2, 2, 6], [1, 2, 2, 6]], (x, w) => tf.square(tf.localResponseNormalization(tf.mul(x, w) as Image, 2, 1.2, 0.6, 0.7))),
];
