import { createEagerEngine, type Step } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import test from "ava";
import { createOnnxEngine } from "./engine.js";
import { exportOnnx } from "./export.js";
import { lowerGraph } from "./lowering/lower.js";
import { planOf } from "./lowering/lowerer.js";
import { InferenceSession, Tensor } from "./runtime.js";

const values = (count: number, offset = 0): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.sin(i + offset));

function network(): { readonly step: Step; readonly weight: tf.Variable } {
  const filter = tf.variable(tf.tensor4d(values(3 * 3 * 2 * 4), [3, 3, 2, 4]));
  const weight = tf.variable(tf.tensor1d(values(4)));
  const step: Step = {
    name: "network",
    inputs: { image: [2, 6, 6, 2] },
    run: ({ image = tf.scalar(0) }) => {
      const h = tf.relu(tf.add(tf.conv2d(image as tf.Tensor4D, filter as tf.Tensor4D, 2, "same"), weight));
      return { features: h, mean: tf.mean(h, [1, 2]) };
    },
  };
  return { step, weight };
}

test("an exported step is a file of ONNX's own operators, with the engine's values of its variables", async (t) => {
  const { step, weight } = network();
  const engine = await createOnnxEngine({ threads: 1, providers: ["cpu"] });
  await engine.write(weight, values(4, 9));
  const bytes = await exportOnnx(step, engine);
  t.false(Buffer.from(bytes).includes("com.microsoft"));
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
  t.deepEqual([session.inputNames, session.outputNames], [["image"], ["features", "mean"]]);
  const image = values(2 * 6 * 6 * 2, 3);
  const { features, mean } = await session.run({ image: new Tensor("float32", image, [2, 6, 6, 2]) });
  t.deepEqual([features?.dims, mean?.dims], [[2, 3, 3, 4], [2, 4]]);
  const eager = createEagerEngine();
  await eager.write(weight, values(4, 9));
  const expected = await (await eager.compile(step)).run({ image });
  for (const [name, tensor] of Object.entries({ features, mean })) {
    const worst = Math.max(...[...(expected[name] ?? [])].map((value, i) => Math.abs(value - Number(tensor?.data[i]))));
    t.true(worst < 1e-5, `${name}: ${worst}`);
  }
  await session.release();
  await engine.dispose();
});

test("an exported step keeps the types of its variables, names like the file's own, and inputs that it does not read", async (t) => {
  const counts = tf.variable(tf.tensor1d([1, 2, 3], "int32"));
  const mask = tf.variable(tf.tensor1d([true, false, true], "bool"));
  const step: Step = {
    name: "counts",
    inputs: { v0: [3], c0: [3], unread: [2] },
    run: ({ v0 = tf.scalar(0), c0 = tf.scalar(0) }) => ({ v1: tf.where(mask, tf.add(tf.mul(v0, 2.5), tf.cast(counts, "float32")), c0) }),
  };
  const session = await InferenceSession.create(await exportOnnx(step), { logSeverityLevel: 3 });
  t.deepEqual([session.inputNames, session.outputNames], [["v0", "c0", "unread"], ["v1"]]);
  const numbers = (...given: number[]) => new Tensor("float32", Float32Array.from(given), [given.length]);
  const { v1 } = await session.run({ v0: numbers(2, 2, 4), c0: numbers(7, 8, 9), unread: numbers(0, 0) });
  t.deepEqual([...((v1?.data ?? []) as Float32Array)], [6, 8, 13]);
  await session.release();
});

test("an output with an input's name is refused, with both", async (t) => {
  const step: Step = { name: "brighter", inputs: { image: [3] }, run: ({ image = tf.scalar(0) }) => ({ image: tf.add(image, 1) }) };
  await t.throwsAsync(exportOnnx(step), { code: "STEP_INVALID", message: /"brighter" has an input and an output called "image"/ });
});

test("a kernel without a lowering names itself and who called it", (t) => {
  const value = { id: 0, shape: [2], dtype: "float32" } as const;
  const node = { kernel: "Sparkle", inputs: { x: value }, attrs: {}, outputs: [{ ...value, id: 1 }], origin: "the loss of my-plugin" };
  const graph = { name: "step", inputs: { x: value }, constants: [], variables: [], nodes: [node], outputs: {} };
  t.throws(() => lowerGraph(graph, { plan: planOf("gather") }), { code: "ENGINE_KERNEL", message: /Sparkle, called by the loss of my-plugin/ });
});
