import test from "ava";
import { createStream } from "@idgan/core";
import { fitBoostingInWorkers } from "./boosting-in-workers.js";
import { fitBoosting } from "./gradient-boosting.js";
import { matrixOf } from "./matrix.js";

const samples = matrixOf(createStream(1, "codes").normal(0, 300), 3);
const labellings = [2, 5, 3].map((classes) => ({ labels: Int32Array.from(createStream(2, "labels").integers(classes, 100, classes)), stream: `${classes} classes` }));

test("threads give what one gives, in the order of the labellings", async (t) => {
  const options = { stages: 3, seed: 8 };
  t.deepEqual(await fitBoostingInWorkers(samples, labellings, options, 2), labellings.map(({ labels, stream }) => fitBoosting(samples, labels, { ...options, stream })));
});

test("an error in a thread keeps its code", async (t) => {
  await t.throwsAsync(fitBoostingInWorkers(samples, labellings, { stages: 0 }, 2), { code: "METRIC_INPUT", message: /at least one stage/ });
  await t.throwsAsync(fitBoostingInWorkers(samples, [{ labels: new Int32Array(100), stream: "" }]), { code: "METRIC_INPUT", message: /two classes/ });
});
