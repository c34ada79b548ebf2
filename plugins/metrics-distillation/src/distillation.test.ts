// Scores of generators that are formulas, against what they must be.
import { createStream, defaultOptions, IdganError, mixtureEntropies, type Measurement, type Metric, type Score } from "@idgan/core";
import test, { type ExecutionContext } from "ava";
import { codeInvariance, invarianceOf } from "./code-invariance.js";
import { codeLeakage, leaks } from "./code-leakage.js";
import { codeRecovery, recover } from "./code-recovery.js";
import { idInformation } from "./id-information.js";
import { idNll } from "./id-nll.js";
import { jointEntropy } from "./joint-entropy.js";
import { metrics } from "./metrics.js";
import { stubMeasurement, type StubRequest } from "./stub-subject.test.table.js";

const normalEntropy = 0.5 * Math.log(2 * Math.PI * Math.E);

/** Posteriors that make c standard normal in all, and narrow ones of images: means of N(0, 1 - 0.01), variance 0.01. */
const informative = createStream(1, "means").normal(0, 4096 * 8).map((value) => value * Math.sqrt(0.99));
const standard: Pick<StubRequest, "posterior" | "images"> = { images: 4096, posterior: (index, latent) => [informative[index * 8 + latent] ?? 0, Math.log(0.01)] };

function measure<O extends object>(metric: Metric<O>, measurement: Measurement, over: Partial<O> = {}): Promise<Score> {
  return metric.measure(measurement, { ...(defaultOptions(metric as never) as O), ...over });
}

function near(t: ExecutionContext, actual: unknown, expected: number, tolerance: number, what = ""): void {
  t.true(Math.abs(Number(actual) - expected) <= tolerance, `${what}: ${String(actual)}, expected ${expected}`);
}

test("id-nll is that of the Gaussian which the encoder reads, latent by latent, with baselines beside", async (t) => {
  // c_0 is read exactly, c_1 is read 0.3 too high; the decoder's images 0.5 too high in both.
  const variance = 0.04;
  const nll = (error: number): number => 0.5 * (Math.log(2 * Math.PI) + Math.log(variance) + error ** 2 / (variance + 1e-8));
  const beside = stubMeasurement({ latentDim: 2, ...standard, name: "runs/no-id", read: (c) => Array.from(c, (value) => [value + 2, Math.log(variance)]) });
  const measurement = stubMeasurement({
    latentDim: 2,
    ...standard,
    read: (c) => Array.from(c, (value, latent) => [value + [0, 0.3][latent]!, Math.log(variance)]),
    readDecoded: (c) => Array.from(c, (value) => [value + 0.5, Math.log(variance)]),
    others: [beside],
  });
  const { value, parts, matrices = [], notes = [] } = await measure(idNll, measurement, { images: 500 });
  near(t, value, nll(0) + nll(0.3), 1e-4);
  near(t, (parts["generator, by latent"] as readonly number[])[1], nll(0.3), 1e-4);
  near(t, parts["VAE decoder"], 2 * nll(0.5), 1e-4);
  near(t, parts["generator, c of the prior"], nll(0) + nll(0.3), 1e-4);
  near(t, parts["runs/no-id"], 2 * nll(2), 1e-3);
  t.deepEqual(matrices[0]?.rows, ["generator", "VAE decoder", "generator, c of the prior", "runs/no-id"]);
  t.regex(notes[0] ?? "", /^In nats: generator -?[\d.]+; VAE decoder/);
});

test("id-information is H(q(c)) - R_ID: what a channel of known noise carries", async (t) => {
  // The image is c with noise of variance v, the encoder's q is the exact posterior of it: I = ln(1 + 1/v) / 2 a latent, and the bound is tight.
  const v = 0.25;
  const noise = createStream(2, "channel").normal(0, 100_000);
  let at = 0;
  const request: StubRequest = { latentDim: 3, code: "prior", ...standard, read: (c) => Array.from(c, (value) => [(value + Math.sqrt(v) * noise[at++ % noise.length]!) / (1 + v), Math.log(v / (1 + v))]) };
  const { value, parts } = await measure(idInformation, stubMeasurement(request), { images: 4000 });
  near(t, value, 1.5 * Math.log(1 + 1 / v), 0.1);
  near(t, parts["entropy"], 3 * normalEntropy, 1e-12);
  for (const latent of parts["generator, by latent"] as readonly number[]) near(t, latent, 0.5 * Math.log(1 + 1 / v), 0.06);
});

test("an encoder that reads nothing gives no information, and a bound below 0 says so", async (t) => {
  const { value, notes = [] } = await measure(idInformation, stubMeasurement({ latentDim: 2, code: "prior", ...standard, read: (c) => Array.from(c, () => [3, 0]) }), { images: 2000 });
  near(t, value, -9, 0.3); // -(m² + 1 - 1) / 2 for each
  t.true(notes.some((note) => note.startsWith("The bound of generator is below 0")));
});

test("the joint entropy is that of a normal distribution, adds ln k for k posteriors apart, and agrees with the integral in one dimension", (t) => {
  const count = 4000;
  const draw = (name: string, columns: number) => createStream(3, name).normal(0, count * columns);
  const alone = { mean: new Float32Array(count * 3), logVar: new Float32Array(count * 3).fill(Math.log(0.09)) };
  const one = jointEntropy(draw("c", 3).map((value) => 0.3 * value), alone, 3);
  near(t, one.value, 3 * (normalEntropy + Math.log(0.3)), 4 * one.error);
  t.true(one.error > 0 && one.error < 0.05);
  const means = Float32Array.from({ length: count * 2 }, (_, place) => 100 * (Math.floor(place / 2) % 5));
  const apart = { mean: means, logVar: new Float32Array(count * 2) };
  const five = jointEntropy(draw("d", 2).map((value, place) => value + means[place]!), apart, 2);
  near(t, five.value, 2 * normalEntropy + Math.log(5), 4 * five.error);
  const spread = draw("means", 1);
  const line = { mean: spread, logVar: new Float32Array(count).fill(Math.log(0.2)) };
  const sampled = jointEntropy(draw("e", 1).map((value, place) => spread[place]! + Math.sqrt(0.2) * value), line, 1);
  near(t, sampled.value, mixtureEntropies(line, []).all, 4 * sampled.error);
});

test("id-information of aggregated posteriors: k images apart and a perfect reading leave what the posterior itself does", async (t) => {
  // c is read with the very variance that it was drawn with: H(q(c)) - R_ID = ln k + h - h, all the information there is on which image it was.
  const k = 16;
  const request: StubRequest = { latentDim: 1, images: k, posterior: (index) => [50 * index, 0], read: (c) => Array.from(c, (value) => [50 * Math.round(value / 50), 0]) };
  const { value, parts } = await measure(idInformation, stubMeasurement(request), { images: 3000 });
  near(t, value, Math.log(k), 0.06);
  near(t, (parts["generator, by latent"] as readonly number[])[0], Math.log(k), 0.06);
});

test("recovery: a scaled and shifted reading has a perfect correlation and the R² of its error; constant sides have 0", (t) => {
  const c = createStream(4, "c").normal(0, 4000);
  const read = c.map((value, place) => [0.5 * value + 1, -value, 3, value][place % 4]!);
  const { r2, correlation } = recover(c, read, 4);
  const latent0 = Float32Array.from({ length: 1000 }, (_, row) => c[row * 4]!);
  const average = latent0.reduce((sum, value) => sum + value, 0) / 1000;
  const variance = latent0.reduce((sum, value) => sum + (value - average) ** 2, 0) / 1000;
  near(t, r2[0], 1 - (0.25 * (variance + average ** 2) + 1 - average) / variance, 1e-5);
  near(t, correlation[0], 1, 1e-6);
  near(t, correlation[1], -1, 1e-6);
  t.is(correlation[2], 0);
  near(t, r2[3], 1, 1e-12);
  t.deepEqual(recover(new Float32Array(4), Float32Array.of(1, 2, 3, 4), 1), { r2: [0], correlation: [0] });
});

test("code-recovery is the mean over latents that carry something, of each source", async (t) => {
  // The third latent is the prior whatever the image; it is not read at all.
  const request: StubRequest = {
    ...standard,
    latentDim: 3,
    posterior: (index, latent) => (latent === 2 ? [0, 0] : standard.posterior!(index, latent)),
    read: (c) => [[c[0]!, -3], [0, -3], [0, 0]],
    readDecoded: (c) => [[c[0]!, -3], [c[1]!, -3], [0, 0]],
  };
  const { value, parts, matrices = [], notes = [] } = await measure(codeRecovery, stubMeasurement(request), { images: 2000 });
  near(t, value, 0.5, 0.01);
  near(t, parts["VAE decoder"], 1, 1e-6);
  t.deepEqual(parts["active"], [0, 1]);
  t.is(matrices.length, 2);
  t.true(notes.some((note) => note.startsWith("The mean is over the 2 of 3 latents")));
});

test("leakage: readings that are the codes move alone; a rotation leaks what its sine says", async (t) => {
  const clean = await measure(codeLeakage, stubMeasurement({ ...standard, latentDim: 3, read: (c) => Array.from(c, (value) => [value, -3]) }), { codes: 400 });
  t.is(clean.value, 0);
  const identity = clean.matrices?.[0]?.values ?? [];
  for (const [i, row] of identity.entries()) for (const [j, value] of row.entries()) near(t, value, i === j ? 1 : 0, i === j ? 0.2 : 0, `${i} ${j}`);
  const angle = 0.4;
  const turned: StubRequest = { ...standard, latentDim: 2, read: ([a = 0, b = 0]) => [[a * Math.cos(angle) - b * Math.sin(angle), -3], [a * Math.sin(angle) + b * Math.cos(angle), -3]] };
  const { value, matrices = [] } = await measure(codeLeakage, stubMeasurement(turned), { codes: 1000 });
  near(t, value, Math.sin(angle) ** 2, 0.02);
  t.deepEqual(matrices.map(({ title }) => title.includes("generator") || title.includes("VAE decoder")), [true, true, true]);
  t.deepEqual(leaks([[0, 0], [1, 3]]), [0, 0.25]);
});

test("invariance is the share of variance that s does not make, and pixels say whether s is seen at all", async (t) => {
  const gain = 0.5;
  const request: StubRequest = { ...standard, latentDim: 2, read: (c, s) => [[c[0]! + gain * s[0]!, -3], [c[1]!, -3]] };
  const { value, parts } = await measure(codeInvariance, stubMeasurement(request), { codes: 800, draws: 8 });
  const [moved = 0, still = 0] = parts["generator, by latent"] as readonly number[];
  near(t, moved, 1 / (1 + gain ** 2), 0.03);
  near(t, still, 1, 1e-6);
  near(t, value, (moved + still) / 2, 1e-6);
  // Two pixels of c and two of s, all of variance 1.
  near(t, parts["generator, pixels"], 0.5, 0.03);
  t.false("VAE decoder" in parts);
  t.deepEqual(invarianceOf(Float32Array.of(1, 1, 2, 2), 2, 1), [1]);
  t.deepEqual(invarianceOf(new Float32Array(4), 2, 1), [1]);
});

test("a generator without s has no invariance to measure, and a run without a generator nothing at all", async (t) => {
  const read = (c: Float32Array) => Array.from(c, (value) => [value, -3] as const);
  const refused = async (metric: Metric, measurement: Measurement): Promise<string> => {
    const error = await t.throwsAsync(measure(metric as Metric<object>, measurement), { instanceOf: IdganError });
    return `${(error as IdganError).code}: ${error?.message}`;
  };
  t.regex(await refused(codeInvariance as Metric, stubMeasurement({ latentDim: 2, nuisanceDim: 0, read })), /^METRIC_INPUT: code-invariance@idgan.*has no s \(gan\.nuisanceDim 0\)/);
  for (const metric of metrics) t.regex(await refused(metric, stubMeasurement({ latentDim: 2, read, withoutGenerator: true })), /^METRIC_INPUT/);
});

test("what reads NaN is refused by the source's name", async (t) => {
  const error = await t.throwsAsync(measure(idNll, stubMeasurement({ latentDim: 1, read: () => [[Number.NaN, 0]] }), { images: 10 }), { code: "METRIC_INPUT" });
  t.regex(error?.message ?? "", /^generator: the encoder reads a mean of NaN/);
});

test("a generator that was trained on means is judged on samples, and one of the prior has the posterior for a baseline", async (t) => {
  const read = (c: Float32Array) => Array.from(c, (value) => [value, -3] as const);
  const means = await measure(idInformation, stubMeasurement({ latentDim: 1, code: "mean", ...standard, read }), { images: 500 });
  const samples = await measure(idInformation, stubMeasurement({ latentDim: 1, code: "posterior", ...standard, read }), { images: 500 });
  t.is(means.value, samples.value);
  const prior = await measure(idNll, stubMeasurement({ latentDim: 1, code: "prior", ...standard, read }), { images: 50 });
  t.true("generator, c of the posterior" in prior.parts);
});
