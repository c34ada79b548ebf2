// Processor time of the Fréchet distance's parts: node test/bench/frechet.mjs [--features 2048] [--images 2200]
// The distance of a Gaussian to itself shows the error: the root of S S has the trace of S.
import { parseArgs } from "node:util";
import { createStream } from "@idgan/core";
import { frechetDistance, MomentSums } from "@idgan/plugin-metrics-fidelity";

const { values } = parseArgs({ options: { features: { type: "string", default: "2048" }, images: { type: "string", default: "2200" } } });
const [size, images] = [Number(values.features), Number(values.images)];

/** Seconds of processor time, which other work on the machine stretches less than the clock's. */
const timed = (work) => {
  const start = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(start);
  return { result, seconds: (user + system) / 1e6 };
};

const features = createStream(1, "frechet").normal(0, images * size).map((value, i) => value * (1 + (i % size) / size));
const { result: moments, seconds: adding } = timed(() => {
  const sums = new MomentSums(size);
  sums.add(features);
  return sums.moments();
});
const { result: distance, seconds } = timed(() => frechetDistance(moments, moments));
const trace = moments.covariance.reduce((sum, value, i) => (i % (size + 1) === 0 ? sum + value : sum), 0);
console.log(`${size} features: moments ${((1000 * adding) / images).toFixed(2)} ms an image, distance ${seconds.toFixed(1)} s; error ${(distance.value / trace).toExponential(1)} of the trace`);
