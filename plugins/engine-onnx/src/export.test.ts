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

test("a kernel without a lowering names itself and who called it", (t) => {
  const value = { id: 0, shape: [2], dtype: "float32" } as const;
  const node = { kernel: "Sparkle", inputs: { x: value }, attrs: {}, outputs: [{ ...value, id: 1 }], origin: "the loss of my-plugin" };
  const graph = { name: "step", inputs: { x: value }, constants: [], variables: [], nodes: [node], outputs: {} };
  t.throws(() => lowerGraph(graph, { plan: planOf("gather") }), { code: "ENGINE_KERNEL", message: /Sparkle, called by the loss of my-plugin/ });
});
