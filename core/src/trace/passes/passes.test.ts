import * as tf from "@tensorflow/tfjs";
import test, { type ExecutionContext } from "ava";
import type { Graph } from "../graph.js";
import { silenceNodeNotice } from "../../ops/node-notice.js";
import { runGraph } from "../run-graph.js";
import { traceStep } from "../trace-step.js";
import { foldConstants } from "./fold-constants.js";
import { optimise } from "./optimise.js";
import { removeDeadCode } from "./remove-dead-code.js";
import { shareSubexpressions } from "./share-subexpressions.js";
import { simplifyArithmetic } from "./simplify-arithmetic.js";
import { simplifyBroadcasts } from "./simplify-broadcasts.js";
import { simplifyShapes } from "./simplify-shapes.js";

silenceNodeNotice();
await tf.setBackend("cpu");

type Body = (x: tf.Tensor) => tf.Tensor;

const weight = tf.tidy(() => tf.variable(tf.tensor1d([0.5, -1, 2])));
const ramp = Float32Array.from({ length: 6 }, (_, i) => i - 2.5);

function graphOf(body: Body): Graph {
  return traceStep({ name: "tested", inputs: { x: [2, 3] }, run: ({ x }) => ({ y: body(x as tf.Tensor) }) });
}

function kernels(graph: Graph): string[] {
  return graph.nodes.map(({ kernel }) => kernel);
}

/** The kernels left by one pass, then by dead code; the values must not change. */
function left(t: ExecutionContext, pass: (graph: Graph) => Graph, body: Body): string[] {
  const graph = graphOf(body);
  const after = removeDeadCode(pass(graph));
  t.deepEqual(runGraph(after, { x: ramp }).outputs, runGraph(graph, { x: ramp }).outputs);
  return kernels(after);
}

test("dead code goes, with its constants and variables", (t) => {
  const graph = graphOf((x) => {
    tf.mul(tf.square(x), tf.add(weight, 7));
    return tf.relu(x);
  });
  const after = removeDeadCode(graph);
  t.deepEqual(kernels(after), ["Relu"]);
  t.deepEqual([after.constants, after.variables], [[], []]);
  t.is(removeDeadCode(after), after, "nothing more to do gives the same graph");
});

test("a variable that is assigned but not read keeps only its new value", (t) => {
  const graph = traceStep({
    name: "assigns",
    inputs: { x: [3] },
    run: ({ x }) => {
      tf.square(weight);
      weight.assign(tf.neg(x as tf.Tensor1D));
      return {};
    },
  });
  t.truthy(graph.variables[0]?.before);
  const [only] = removeDeadCode(graph).variables;
  t.truthy(only?.after);
  t.is(only?.before, undefined);
});

test("what depends on constants alone is computed, and one number everywhere stays one number", (t) => {
  t.deepEqual(left(t, foldConstants, (x) => tf.add(x, tf.exp(tf.tensor1d([1, 2, 3])))), ["Add"]);
  const fill = foldConstants(graphOf((x) => tf.matMul(x, tf.reshape(tf.exp(tf.sqrt(tf.ones([200, 3]))), [3, 200]))));
  t.deepEqual(kernels(removeDeadCode(fill)), ["BroadcastTo", "BatchMatMul"]);
  t.true(removeDeadCode(fill).constants.every(({ data }) => data.length === 1));
  t.deepEqual(left(t, foldConstants, (x) => tf.add(x, tf.mean(tf.ones([3, 3])))), ["Add"]);
});

test("arithmetic that does nothing goes", (t) => {
  const nothing: readonly Body[] = [
    (x) => tf.mul(x, 1), (x) => tf.mul(tf.ones([2, 1]), x), (x) => tf.add(x, 0), (x) => tf.add(0, x), (x) => tf.sub(x, 0), (x) => tf.div(x, 1),
    (x) => tf.pow(x, 1), (x) => tf.cast(x, "float32"), (x) => tf.neg(tf.neg(x)), (x) => tf.where(tf.onesLike(tf.cast(x, "bool")), x, tf.zerosLike(x)),
  ];
  for (const body of nothing) t.deepEqual(left(t, optimise, body), []);
  t.deepEqual(left(t, simplifyArithmetic, (x) => tf.sub(0, x)), ["Neg"]);
  t.deepEqual(left(t, simplifyArithmetic, (x) => tf.mul(x, -1)), ["Neg"]);
  t.deepEqual(left(t, simplifyArithmetic, (x) => tf.pow(x, 2)), ["Square"]);
  t.deepEqual(left(t, simplifyArithmetic, (x) => tf.mul(tf.sum(x, 1, true), tf.ones([2, 3]))), ["Sum", "BroadcastTo"]);
});

test("what could change a NaN, a rounding or a dtype stays", (t) => {
  t.deepEqual(left(t, optimise, (x) => tf.mul(x, 0)), ["Multiply"]);
  t.deepEqual(left(t, optimise, (x) => tf.mul(tf.mul(x, 0.1), 3)), ["Multiply", "Multiply"]);
  t.deepEqual(left(t, optimise, (x) => tf.cast(tf.cast(x, "int32"), "float32")), ["Cast", "Cast"]);
});

test("reshapes, transposes and slices that undo each other go", (t) => {
  t.deepEqual(left(t, simplifyShapes, (x) => tf.reshape(x, [2, 3])), []);
  t.deepEqual(left(t, simplifyShapes, (x) => tf.reshape(tf.reshape(x, [6]), [3, 2])), ["Reshape"]);
  t.deepEqual(left(t, optimise, (x) => tf.transpose(tf.transpose(x, [1, 0]), [1, 0])), []);
  t.deepEqual(left(t, optimise, (x) => tf.transpose(tf.transpose(tf.stack([x, x], -1), [1, 0, 2]), [0, 2, 1])), ["Reshape", "Concat", "Transpose"]);
  t.deepEqual(left(t, optimise, (x) => tf.transpose(tf.reshape(x, [2, 1, 3]), [1, 0, 2])), ["Reshape"]);
  t.deepEqual(left(t, simplifyShapes, (x) => tf.slice(tf.slice(x, [0, 1], [2, 2]), [1, 1], [1, 1])), ["Slice"]);
  t.deepEqual(left(t, optimise, (x) => tf.pad(tf.slice(tf.reverse(tf.tile(x, [1, 1]), []), [0, 0], [2, 3]), [[0, 0], [0, 0]])), []);
});

test("reductions leave out axes of length 1", (t) => {
  t.deepEqual(left(t, optimise, (x) => tf.sum(tf.reshape(x, [2, 1, 3]), [1])), []);
  t.deepEqual(left(t, simplifyShapes, (x) => tf.mean(tf.reshape(x, [2, 1, 3]), [0, 1], true)), ["Reshape", "Mean", "Reshape"]);
});

test("broadcasts that the consumer does anyway go, and what is computed before broadcasting is small", (t) => {
  t.deepEqual(left(t, simplifyBroadcasts, (x) => tf.add(x, tf.broadcastTo(weight, [2, 3]))), ["Reshape", "Add"]);
  t.deepEqual(left(t, simplifyBroadcasts, (x) => tf.matMul(x, tf.broadcastTo(tf.reshape(weight, [3, 1]), [3, 4]))), ["Reshape", "BroadcastTo", "BatchMatMul"]);
  const graph = optimise(graphOf((x) => tf.mul(x, tf.exp(tf.neg(tf.broadcastTo(weight, [2, 3]))))));
  t.deepEqual(graph.nodes.map(({ kernel, outputs }) => `${kernel} ${outputs[0]?.shape.join("x")}`), ["Reshape 1x3", "Neg 1x3", "Exp 1x3", "Multiply 2x3"]);
});

test("equal expressions and constants are one", (t) => {
  t.deepEqual(left(t, shareSubexpressions, (x) => tf.add(tf.mul(x, weight), tf.mul(weight, x))), ["Multiply", "Add"]);
  t.deepEqual(left(t, shareSubexpressions, (x) => tf.sub(tf.sub(x, weight), tf.sub(weight, x))), ["Sub", "Sub", "Sub"]);
  t.deepEqual(left(t, shareSubexpressions, (x) => tf.add(tf.sum(x, 0), tf.sum(x, 0, true))), ["Sum", "Sum", "Add"]);
  t.is(shareSubexpressions(graphOf((x) => tf.mul(tf.add(x, 3), tf.scalar(3)))).constants.length, 1);
  t.is(shareSubexpressions(graphOf((x) => tf.div(tf.div(x, 0), tf.scalar(-0)))).constants.length, 2);
});

test("the gradient of a mean squared error is as short as by hand", (t) => {
  const graph = optimise(graphOf((x) => tf.grad((w) => tf.mean(tf.square(tf.mul(x, w))))(weight)));
  t.deepEqual(kernels(graph), ["Multiply", "Multiply", "Multiply", "Multiply", "Sum"]);
});
