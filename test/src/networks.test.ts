import * as tf from "@tensorflow/tfjs";
import test from "ava";
import { compareEngines } from "./networks/agreement.js";
import { canDiffer, wrongDerivatives } from "./networks/differences.js";
import { layerKinds, networkOf, type Network } from "./networks/network.js";

/** The first seed from which 60 networks have every kind of layer. `node test/fuzz/engine.mjs` looks at more of the same. */
const first = 1383;
const networks = Array.from({ length: 60 }, (_, i) => networkOf(first + i));

async function faultsOf(some: readonly Network[], plan: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { network, faults } of compareEngines(some, plan)) if (faults.length > 0) found.push(`${network.title}: ${faults.join("; ")}`);
  return found;
}

test.serial("random networks have the output and both derivatives of the eager engine", async (t) => {
  t.deepEqual(await faultsOf(networks, "default"), []);
});

for (const plan of ["gather", "native", "tiny"]) {
  test.serial(`so they do by the plan "${plan}"`, async (t) => {
    t.deepEqual(await faultsOf(networks.slice(0, 20), plan), []);
  });
}

test("derivatives of the eager engine are what differences say", (t) => {
  const smooth = networks.slice(0, 30).filter(canDiffer);
  t.true(smooth.length >= 5);
  t.deepEqual(smooth.flatMap(wrongDerivatives), []);
});

test("every kind of layer is in one of them", (t) => {
  const taken = new Set(networks.flatMap(({ kinds }) => kinds));
  t.deepEqual(layerKinds.filter((kind) => !taken.has(kind)), []);
});

/** One convolution in two ways, and what depends on which of the two rounds to the larger number. */
const tie: Network = {
  seed: 0,
  title: "tie",
  kinds: [],
  hasKinks: true,
  inputs: [{ shape: [2, 5, 5, 32], deviation: 1 }, { shape: [1, 1, 32, 16], deviation: 0.2 }],
  out: [2, 5, 5, 16],
  run(images, [filter = tf.scalar(0)], after = (output) => output) {
    const product = tf.matMul(tf.reshape(images, [50, 32]), tf.reshape(filter, [32, 16]));
    const [one, other] = [after(tf.conv2d(images as tf.Tensor4D, filter as tf.Tensor4D, 1, "valid"), 0), after(tf.reshape(product, [2, 5, 5, 16]), 1)];
    return tf.where(tf.greater(one, other), one, tf.neg(other));
  },
};

test("what rounding decides is no fault, and is said", async (t) => {
  for await (const { faults, undecided } of compareEngines([tie], "default")) {
    t.deepEqual(faults, []);
    t.true(undecided.length > 0);
  }
});
