import * as tf from "@tensorflow/tfjs";
import test from "ava";
import type { Step } from "../contract/engine.js";
import { peakBytesOf } from "./peak-bytes.js";
import { traceStep } from "./trace-step.js";

const length = 100;
const bytes = 4 * length;

/** Of one input of a hundred numbers. */
function peakOf(run: (x: tf.Tensor) => tf.Tensor): number {
  const step: Step = { name: "peak", inputs: { x: [length] }, run: ({ x }) => ({ y: run(x as tf.Tensor) }) };
  return peakBytesOf(traceStep(step));
}

test("a chain holds two values at once, the one that is read and the one that is made", (t) => {
  t.is(peakOf((x) => x.exp()), bytes);
  t.is(peakOf((x) => x.exp().sin().exp().sin()), 2 * bytes);
});

test("a value that is read at the end lives until then", (t) => {
  t.is(
    peakOf((x) => {
      const [first, second] = [x.exp(), x.sin()];
      return first.cos().cos().mul(second).add(first);
    }),
    4 * bytes,
  );
});

test("another shape of a value takes no memory, and keeps the value alive", (t) => {
  t.is(peakOf((x) => x.exp().reshape([10, 10]).transpose().reshape([length])), 2 * bytes);
});

test("the new value of a variable lives to the end, and what nobody reads takes nothing", (t) => {
  const variable = tf.variable(tf.zeros([length]));
  const step: Step = {
    name: "assigns",
    inputs: { x: [length] },
    run({ x }) {
      variable.assign((x as tf.Tensor).exp());
      return { y: (x as tf.Tensor).sin().cos() };
    },
  };
  t.is(peakBytesOf(traceStep(step)), 3 * bytes);
  variable.dispose();
});
