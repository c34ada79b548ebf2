import * as tf from "@tensorflow/tfjs";
import test from "ava";
import { IdganError } from "../contract/error.js";
import type { ErrorCode } from "../contract/error-codes.js";
import { declareConstant } from "../ops/declared-constant.js";
import { silenceNodeNotice } from "../ops/node-notice.js";
import { attributed } from "./attributed.js";
import { currentOrigin, withOrigin } from "./origin.js";
import { traceStep } from "./trace-step.js";

silenceNodeNotice();
await tf.setBackend("cpu");

type Run = (x: tf.Tensor) => unknown;

const weight = tf.variable(tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]));
const other = tf.variable(tf.tensor1d([7]));
const outside = tf.range(0, 5000);
const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => i);

function trace(run: Run): void {
  traceStep({ name: "tested", inputs: { x: [4, 3] }, run: ({ x }) => withOrigin("the loss of @idgan/plugin-x", () => run(x as tf.Tensor)) as Record<string, tf.Tensor> });
}

const refused: readonly (readonly [title: string, code: ErrorCode, says: RegExp, run: Run])[] = [
  ["a kernel that the trace does not know", "ENGINE_KERNEL", /Complex.*the loss of @idgan\/plugin-x/, (x) => ({ y: tf.real(tf.fft(tf.complex(x, x))) })],
  ["dataSync", "TRACE_READ", /\[4, 2\], the result of BatchMatMul.*read inside the loss of @idgan\/plugin-x/, (x) => ({ y: tf.scalar(tf.matMul(x, weight).dataSync()[0] ?? 0) })],
  ["arraySync of an input", "TRACE_READ", /\[4, 3\]/, (x) => ({ y: tf.tensor(x.arraySync()) })],
  ["reading a variable", "TRACE_READ", /\[3, 2\]/, () => ({ y: tf.scalar(weight.dataSync()[0] ?? 0) })],
  ["print", "TRACE_READ", /read inside/, (x) => (x.print(), { y: x })],
  ["a read that the step swallows", "TRACE_READ", /read inside/, (x) => {
    try {
      x.dataSync();
    } catch {}
    return { y: x };
  }],
  ["a read that the step takes for an error of its own", "TRACE_READ", /read inside/, (x) => {
    try {
      return { y: tf.scalar(x.dataSync()[0] ?? 0) };
    } catch {
      throw new Error("of its own");
    }
  }],
  ["a read that nobody awaits", "TRACE_READ", /read inside/, (x) => (void x.data(), { y: x })],
  ["randomNormal", "TRACE_RANDOM", /tf\.randomNormal was called by the loss of @idgan\/plugin-x.*Declare the noise in the backbone's `noise`.*A tap, which can declare none, uses what/, (x) => ({ y: tf.add(x, tf.randomNormal([4, 3])) })],
  ["randomNormal with a seed", "TRACE_RANDOM", /tf\.randomNormal/, (x) => ({ y: tf.add(x, tf.randomNormal([4, 3], 0, 1, "float32", 7)) })],
  ["randomUniform", "TRACE_RANDOM", /tf\.randomUniform/, (x) => ({ y: tf.add(x, tf.randomUniform([1])) })],
  ["truncatedNormal", "TRACE_RANDOM", /tf\.truncatedNormal/, (x) => ({ y: tf.add(x, tf.truncatedNormal([1])) })],
  ["dropout", "TRACE_RANDOM", /tf\.(dropout|randomUniform)/, (x) => ({ y: tf.dropout(x, 0.5) })],
  ["dropout with a seed", "TRACE_RANDOM", /tf\.(dropout|randomUniform)/, (x) => ({ y: tf.dropout(x, 0.5, undefined, 3) })],
  ["multinomial", "TRACE_RANDOM", /tf\.multinomial/, (x) => ({ y: tf.multinomial(x as tf.Tensor2D, 2) })],
  ["multinomial with a seed", "TRACE_RANDOM", /tf\.multinomial/, (x) => ({ y: tf.multinomial(x as tf.Tensor2D, 2, 3) })],
  ["Math.random", "TRACE_RANDOM", /Math\.random/, (x) => ({ y: tf.mul(x, Math.random()) })],
  ["a large constant made inside", "TRACE_CONSTANT", /\[5000\].*captured by the loss of @idgan\/plugin-x/, (x) => ({ y: tf.add(tf.sum(x), tf.tensor1d(ramp(5000))) })],
  ["a large constant from outside", "TRACE_CONSTANT", /\[5000\]/, (x) => ({ y: tf.add(tf.sum(x), outside) })],
  ["a tensor of a type that graphs do not have, even where the step swallows it", "ENGINE_KERNEL", /A string tensor, made by the loss of @idgan\/plugin-x/, (x) => {
    try {
      tf.clone(tf.reshape(tf.tensor1d(["a", "b"]), [2, 1]));
    } catch {}
    return { y: x };
  }],
  ["a promise", "STEP_INVALID", /returned a promise/, async (x) => ({ y: x })],
  ["a promise as an output", "STEP_INVALID", /"y".*a promise/, (x) => ({ y: Promise.resolve(x) })],
  ["a number as an output", "STEP_INVALID", /"y".*number 3/, () => ({ y: 3 })],
  ["a tensor without a name", "STEP_INVALID", /object of tensors by name/, (x) => x],
  ["a variable made in the step", "STEP_INVALID", /made the variables new-one/, (x) => ({ y: tf.add(x, tf.variable(tf.ones([3]), true, "new-one")) })],
  ["a variable disposed in the step", "STEP_INVALID", /disposed the variable/, (x) => (other.dispose(), { y: x })],
  ["an error of the step's own", "INTERNAL", /mine/, () => {
    weight.assign(tf.ones([3, 2]));
    throw new IdganError("INTERNAL", "mine");
  }],
  ["an error inside a gradient", "INTERNAL", /in the backward pass/, (x) => {
    const failing = tf.customGrad((y) => ({
      value: tf.square(y as tf.Tensor),
      gradFunc: () => {
        throw new IdganError("INTERNAL", "in the backward pass");
      },
    }));
    return tf.variableGrads(() => tf.sum(failing(tf.tanh(tf.matMul(x, weight)))), [weight]).grads;
  }],
];

for (const [title, code, says, run] of refused) {
  test(`a step is refused for ${title}, and leaves everything as it was`, (t) => {
    const random = Math.random;
    const { numTensors, numDataBuffers, numBytes } = tf.memory();
    const ids: readonly object[] = [weight.dataId, other.dataId];
    const scopes = tf.engine().state.scopeStack.length;
    const error = t.throws(() => trace(run), { instanceOf: IdganError });
    t.is(error?.code, code);
    t.regex(error?.message ?? "", says);
    t.is(Math.random, random);
    t.is(tf.getBackend(), "cpu");
    t.is(tf.engine().state.scopeStack.length, scopes);
    const after = tf.memory();
    t.deepEqual([after.numTensors, after.numDataBuffers, after.numBytes], [numTensors, numDataBuffers, numBytes]);
    t.true(ids[0] === weight.dataId && ids[1] === other.dataId);
    t.false(weight.isDisposed || other.isDisposed);
    t.deepEqual([...weight.dataSync(), ...other.dataSync()], [1, 2, 3, 4, 5, 6, 7]);
    t.is(tf.engine().registeredVariables[other.name], other);
  });
}

test("a trace changes no variable, and leaves no tensor, even one that the step keeps", (t) => {
  const before = tf.memory();
  const dataId: object = weight.dataId;
  const graph = traceStep({
    name: "keeps",
    inputs: { x: [4, 3] },
    run: ({ x }) => {
      const kept = tf.keep(tf.matMul(x as tf.Tensor, weight));
      weight.assign(tf.add(weight, 1));
      weight.assign(tf.mul(weight, 2));
      return { y: tf.sum(kept) };
    },
  });
  t.is(graph.variables.length, 1);
  t.is(weight.dataId, dataId);
  t.deepEqual([...weight.dataSync()], [1, 2, 3, 4, 5, 6]);
  t.deepEqual(tf.memory(), before);
});

test("a tensor that outlives its trace is refused by the next one", (t) => {
  let leaked: tf.Tensor | undefined;
  trace((x) => ({ y: (leaked = tf.keep(tf.square(x))) }));
  const error = t.throws(() => trace((x) => ({ y: tf.add(x, leaked ?? 0) })), { instanceOf: IdganError });
  t.is(error?.code, "STEP_INVALID");
});

test("uniform constants of any size are scalars, and declared ones may be large", (t) => {
  const graph = traceStep({
    name: "constants",
    inputs: { x: [100, 100] },
    run: ({ x }) => ({ y: tf.addN([x as tf.Tensor, tf.zeros([100, 100]), tf.ones([100, 100]), declareConstant(tf.tensor2d(ramp(10000), [100, 100]))]) }),
  });
  t.deepEqual(graph.constants.map(({ data }) => data.length).sort((a, b) => a - b), [1, 1, 10000]);
});

test("what was written in the step may be read in the step", (t) => {
  t.notThrows(() => trace((x) => ({ y: tf.mul(x, tf.tensor1d([1, 2, 3]).dataSync()[1] ?? 0) })));
});

test("a plugin's fault leaves with its name and its cause, thrown or rejected, and an error that has a code passes as it is", async (t) => {
  const fault = new TypeError("no such pixel");
  const coded = new IdganError("DATA_INVALID", "said already");
  const origin = "batch of @idgan/plugin-x";
  const thrown = t.throws(() => attributed(origin, "BACKBONE_INVALID", () => { throw fault; }), { instanceOf: IdganError, code: "BACKBONE_INVALID", message: `${origin}: no such pixel` });
  const rejected = await t.throwsAsync(attributed(origin, "DATA_INVALID", () => Promise.reject(fault)), { instanceOf: IdganError, code: "DATA_INVALID", message: `${origin}: no such pixel` });
  t.is(thrown?.cause, fault);
  t.is(rejected?.cause, fault);
  t.is(t.throws(() => attributed(origin, "BACKBONE_INVALID", () => { throw coded; })), coded);
  t.is(await t.throwsAsync(attributed(origin, "BACKBONE_INVALID", () => Promise.reject(coded))), coded);
  t.deepEqual([attributed(origin, "DATA_INVALID", currentOrigin), await attributed(origin, "DATA_INVALID", () => Promise.resolve(3)), currentOrigin()], [origin, 3, "the step"]);
});
