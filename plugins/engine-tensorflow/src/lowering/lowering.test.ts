import { optimise, traceStep, tracedKernels, type Graph, type Step } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import test from "ava";
import protobuf from "protobufjs/minimal.js";
import { encodeSavedModel } from "../saved-model/encode.js";
import { paddingOf } from "./convolution.js";
import { fuse } from "./fuse.js";
import { lowerGraph } from "./lower.js";
import { lowerings } from "./table.js";

const handle = (): string => "v0/handle";

function graphOf(step: Step): Graph {
  return optimise(traceStep(step));
}

function kernelsOf(graph: Graph): readonly string[] {
  return graph.nodes.map(({ kernel }) => kernel);
}

test("every traced kernel has a lowering", (t) => {
  t.deepEqual(tracedKernels.filter((kernel) => lowerings[kernel] === undefined), []);
});

test("the gradient of a dense layer with a rectifier is fused, and asks for the rectified value alone", (t) => {
  const step: Step = {
    name: "dense", inputs: { x: [4, 3], weight: [3, 2], bias: [2] },
    run: ({ x = tf.scalar(0), weight = x, bias = x }) => {
      const [dw = x, db = x] = tf.grads((w, b) => tf.sum(tf.square(tf.relu(tf.add(tf.matMul(x, w), b)))))([weight, bias]);
      return { dw, db };
    },
  };
  const graph = fuse(graphOf(step));
  for (const kernel of ["BiasAdd", "ReluGrad", "BiasAddGrad"]) t.true(kernelsOf(graph).includes(kernel), kernel);
  const [relu, gradient] = ["Relu", "ReluGrad"].map((kernel) => graph.nodes.find((node) => node.kernel === kernel));
  t.is(gradient?.inputs["x"], relu?.outputs[0]);
});

test("a slope below 0 is fused with its own rectifier; a product of other shapes, and a sum that keeps its axes, are not", (t) => {
  const step: Step = {
    name: "slopes", inputs: { x: [4, 3], column: [4, 1] },
    run: ({ x = tf.scalar(0), column = x }) => ({
      leaky: tf.grad((y) => tf.leakyRelu(y, 0.2))(x), wide: tf.mul(tf.step(column, 0.3), x), kept: tf.sum(x, 0, true), all: tf.sum(x),
    }),
  };
  const graph = fuse(graphOf(step));
  t.deepEqual(kernelsOf(graph).filter((kernel) => kernel.endsWith("Grad")), []);
  const times: Step = { name: "times", inputs: { x: [4, 3], dy: [4, 3] }, run: ({ x = tf.scalar(0), dy = x }) => ({ out: tf.add(tf.leakyRelu(x, 0.2), tf.mul(dy, tf.step(x, 0.2))) }) };
  t.deepEqual(kernelsOf(fuse(graphOf(times))).filter((kernel) => kernel.endsWith("Grad")), ["LeakyReluGrad"]);
});

test("padding after an axis is what the last window lacks", (t) => {
  t.deepEqual(paddingOf(8, 4, 2, 4, 1), [1, 1]); // windows at -1, 1, 3, 5, each 4 long
  t.deepEqual(paddingOf(7, 3, 2, 3, 0), [0, 0]);
  t.deepEqual(paddingOf(7, 4, 2, 3, 1), [1, 1]);
  t.deepEqual(paddingOf(8, 3, 2, 3, 0), [0, 0], "a rest that no window reaches");
});

test("a padding that TensorFlow has a name for goes by its name, since oneDNN convolves with no other", (t) => {
  const paddings = ([["4x4, stride 2, 1 before and after", 4, 2, 1], ["3x3, 1 before and after", 3, 1, 1], ["4x4, none", 4, 1, 0], ["5x5, stride 2, 2 before and 1 after", 5, 2, 2]] as const).map(([title, size, stride, pad]) => {
    const step: Step = { name: title, inputs: { x: [1, 8, 8, 1], filter: [size, size, 1, 1] }, run: ({ x = tf.scalar(0), filter = x }) => ({ y: tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad) }) };
    const convolution = lowerGraph(graphOf(step), "s0", handle).nodes.find(({ op }) => op === "Conv2D");
    const [padding, explicit] = [convolution?.attributes["padding"], convolution?.attributes["explicit_paddings"]];
    return [padding && "text" in padding && padding.text, explicit && "ints" in explicit && explicit.ints];
  });
  t.deepEqual(paddings, [["SAME", []], ["SAME", []], ["VALID", []], ["EXPLICIT", [0, 0, 2, 1, 2, 1, 0, 0]]]);
});

test("variables are read before they are assigned, and keep no memory of a feed", (t) => {
  const variable = tf.variable(tf.zeros([2]));
  const step: Step = { name: "assign", inputs: { x: [1, 2] }, run: ({ x = tf.scalar(0) }) => {
    const before = tf.clone(variable);
    variable.assign(tf.reshape(x, [2]));
    return { before };
  } };
  const { nodes, reads, writes, done } = lowerGraph(graphOf(step), "s0", handle);
  t.deepEqual([reads, writes], [[variable], [variable]]);
  const assign = nodes.find(({ op }) => op === "AssignVariableOp");
  const read = nodes.find(({ op }) => op === "ReadVariableOp");
  t.true(assign?.inputs.includes(`^${read?.name}`));
  t.is(nodes.find(({ name }) => name === assign?.inputs[1])?.op, "DeepCopy");
  t.true(nodes.find(({ name }) => name === done)?.inputs.includes(`^${assign?.name}`));
  variable.dispose();
});

test("a kernel without a lowering is named, with what to do", (t) => {
  const graph: Graph = { name: "g", inputs: {}, constants: [], variables: [], outputs: {}, nodes: [{ kernel: "Frobnicate", inputs: {}, attrs: {}, outputs: [{ id: 1, shape: [], dtype: "float32" }], origin: "the tap x" }] };
  t.throws(() => lowerGraph(graph, "s0", handle), { code: "ENGINE_KERNEL", message: /Frobnicate, called by the tap x.*mode "eager"/ });
});

test("a SavedModel is written in protobuf: schema 1, one graph with the tag serve, its nodes and their attributes", (t) => {
  const bytes = encodeSavedModel([{ name: "a", op: "Const", inputs: ["^b"], attributes: { dtype: { type: "float32" }, value: { tensor: { dtype: "float32", shape: [2], bytes: new Uint8Array(8) } }, keep: { bool: true }, list: { ints: [1, -1] } } }]);
  const model = fieldsOf(bytes);
  t.is(model.get(1)?.[0], 1);
  const meta = fieldsOf(model.get(2)?.[0]);
  t.is(text(fieldsOf(meta.get(1)?.[0]).get(4)?.[0]), "serve");
  const node = fieldsOf(fieldsOf(meta.get(2)?.[0]).get(1)?.[0]);
  t.deepEqual([1, 2, 3].map((field) => text(node.get(field)?.[0])), ["a", "Const", "^b"]);
  const attributes = new Map((node.get(5) ?? []).map((entry) => [text(fieldsOf(entry).get(1)?.[0]), fieldsOf(fieldsOf(entry).get(2)?.[0])]));
  t.is(attributes.get("dtype")?.get(6)?.[0], 1);
  t.is(attributes.get("keep")?.get(5)?.[0], 1);
  t.is(fieldsOf(attributes.get("list")?.get(1)?.[0]).get(3)?.[0], 1);
  t.deepEqual(fieldsOf(attributes.get("value")?.get(8)?.[0]).get(4)?.[0], Buffer.alloc(8));
});

/** The fields of a protobuf message by number: numbers, or bytes. */
function fieldsOf(bytes: number | Uint8Array | undefined): Map<number, (number | Uint8Array)[]> {
  const fields = new Map<number, (number | Uint8Array)[]>();
  const reader = protobuf.Reader.create(bytes as Uint8Array);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const value = (tag & 7) === 2 ? reader.bytes() : reader.int32();
    fields.set(tag >>> 3, [...(fields.get(tag >>> 3) ?? []), value]);
  }
  return fields;
}

function text(bytes: number | Uint8Array | undefined): string {
  return Buffer.from(bytes as Uint8Array).toString();
}
