import { readFileSync } from "node:fs";
import { createEagerEngine, createStream } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import test, { type ExecutionContext } from "ava";
import { factorise } from "./cholesky.js";
import { frechetDistance } from "./frechet.js";
import { kernelDistance } from "./kernel-distance.js";
import { manifoldScores } from "./manifolds.js";
import { momentsOf, MomentSums, type Moments } from "./moments.js";
import { withinPercentiles } from "./percentile.js";
import { multiply, transpose } from "./product.js";
import { symmetricEigenvalues } from "./symmetric-eigenvalues.js";

interface Case {
  readonly count: number;
  readonly other: number;
  readonly size: number;
  readonly frechet: number;
  readonly kernel: number | null;
  readonly manifolds: Readonly<Record<string, number>>;
}

const fixture = JSON.parse(readFileSync(new URL("../../../../test/fixtures/fidelity_scores.json", import.meta.url), "utf8")) as {
  cases: readonly Case[];
  percentiles: { count: number; kept: number; mean: number };
};

test.before(async () => {
  await tf.setBackend("cpu");
});

/** The fixture script's features. */
function features(count: number, size: number, phase: number): Float32Array {
  return Float32Array.from({ length: count * size }, (_, k) => {
    const [i, j] = [Math.floor(k / size), k % size];
    return Math.sin(1.7 * i * (j + 1) + phase) + (0.5 * Math.cos(0.9 * i + j * phase) * j) / size + 0.1 * phase;
  });
}

function isNear(t: ExecutionContext, found: number, expected: number, tolerance: number, what = ""): void {
  t.true(Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${what} ${found} is not ${expected} within ${tolerance}`);
}

/** A Gaussian with a diagonal covariance. */
function diagonal(mean: readonly number[], deviations: readonly number[]): Moments {
  const covariance = new Float64Array(mean.length ** 2);
  for (const [i, deviation] of deviations.entries()) covariance[i * mean.length + i] = deviation ** 2;
  return { count: 2, mean: Float64Array.from(mean), covariance };
}

test("the Fréchet distance of Gaussians with diagonal covariances is the distance of their means and deviations", (t) => {
  const [a, b] = [diagonal([1, -2, 0], [1, 2, 0]), diagonal([0, 2, 3], [3, 2, 0.5])];
  const { value, ofMeans, ofCovariances } = frechetDistance(a, b);
  isNear(t, ofMeans, 1 + 16 + 9, 1e-12);
  isNear(t, ofCovariances, 4 + 0 + 0.25, 1e-12);
  isNear(t, value, 30.25, 1e-12);
  isNear(t, frechetDistance(b, a).value, value, 1e-12);
  isNear(t, frechetDistance(a, a).value, 0, 1e-12);
  isNear(t, frechetDistance(diagonal([1], [0]), diagonal([3], [0])).value, 4, 1e-12);
  t.throws(() => frechetDistance(a, diagonal([0], [1])), { message: /3 and of 1 features/ });
});

test("a rotation of both Gaussians leaves their distance as it is", (t) => {
  const size = 5;
  const matrix = (seed: number) => Float64Array.from(createStream(seed, "matrix").normal(0, size * size));
  const covariance = (a: Float64Array) => multiply(transpose(a, size, size), a, size, size, size);
  // A reflection at a random vector, which is a rotation for this purpose.
  const v = Float64Array.from(createStream(3, "vector").normal(0, size));
  const norm = v.reduce((sum, value) => sum + value * value, 0);
  const turn = Float64Array.from({ length: size * size }, (_, k) => (k % (size + 1) === 0 ? 1 : 0) - (2 * (v[Math.floor(k / size)] ?? 0) * (v[k % size] ?? 0)) / norm);
  const turned = ({ mean, covariance: s }: Moments): Moments => ({ count: 2, mean: multiply(mean, turn, 1, size, size), covariance: multiply(multiply(turn, s, size, size, size), turn, size, size, size) });
  const [a, b] = [1, 2].map((seed) => ({ count: 2, mean: Float64Array.from(createStream(seed, "mean").normal(0, size)), covariance: covariance(matrix(seed)) })) as [Moments, Moments];
  isNear(t, frechetDistance(turned(a), turned(b)).value, frechetDistance(a, b).value, 1e-10);
});

for (const { count, other, size, frechet, kernel, manifolds } of fixture.cases) {
  test(`${count} and ${other} features of ${size} numbers have SciPy's Fréchet distance and the papers' other scores`, async (t) => {
    const [a, b] = [features(count, size, 0.3), features(other, size, 1.1)];
    isNear(t, frechetDistance(momentsOf(a, size), momentsOf(b, size)).value, frechet, 1e-6, "Fréchet");
    const engine = createEagerEngine();
    const stream = createStream(0, "subsets");
    if (kernel !== null) {
      // A subset of all is all, in whatever order.
      const { value, deviation } = await kernelDistance(a, b, size, { subset: count, subsets: 2, stream, engine });
      isNear(t, value, kernel, 1e-6, "kernel");
      isNear(t, deviation, 0, 1e-6);
    }
    for (const block of [1000, 17]) {
      const told: number[] = [];
      const scores = await manifoldScores(a, b, size, { neighbours: 3, densityNeighbours: 5, engine, block, advance: (rows) => told.push(rows) });
      for (const [name, expected] of Object.entries(manifolds)) isNear(t, scores[name as keyof typeof scores], expected, 1e-9, `${name} in blocks of ${block}`);
      t.is(told.reduce((sum, rows) => sum + rows, 0), 2 * count + other);
    }
    await engine.dispose();
  });
}

test("a set against itself has every image within reach, and a kernel distance of about 0", async (t) => {
  const a = features(80, 6, 0.3);
  const engine = createEagerEngine();
  const { precision, recall, coverage } = await manifoldScores(a, a, 6, { neighbours: 3, densityNeighbours: 5, engine });
  t.deepEqual([precision, recall, coverage], [1, 1, 1]);
  const far = a.map((value) => value + 100);
  const none = await manifoldScores(a, far, 6, { neighbours: 3, densityNeighbours: 5, engine });
  t.deepEqual(none, { precision: 0, recall: 0, density: 0, coverage: 0 });
  const apart = await kernelDistance(a, far, 6, { subset: 40, subsets: 3, stream: createStream(1, "subsets"), engine });
  const together = await kernelDistance(a, a, 6, { subset: 40, subsets: 20, stream: createStream(1, "subsets"), engine });
  t.true(apart.value > 1e6 && Math.abs(together.value) < 0.1 && together.deviation > 0);
  await engine.dispose();
});

test("moments that are added in parts are those of the whole, unbiased, however far from 0 the features lie", (t) => {
  const whole = momentsOf([1, 10, 2, 30, 6, 20], 2);
  t.is(whole.count, 3);
  for (const [i, expected] of [3, 20].entries()) isNear(t, whole.mean[i] ?? 0, expected, 1e-12);
  for (const [i, expected] of [7, 5, 5, 100].entries()) isNear(t, whole.covariance[i] ?? 0, expected, 1e-12); // (4+1+9)/2, (20-10+0)/2, 200/2
  const given = Float64Array.from(features(50, 7, 0.3), (value) => value + 1e8);
  const sums = new MomentSums(7);
  for (const [from, to] of [[0, 3], [3, 20], [20, 50]] as const) sums.add(given.subarray(from * 7, to * 7));
  const plain = momentsOf(given.map((value) => value - 1e8), 7);
  const moved = sums.moments();
  for (const [i, value] of plain.covariance.entries()) isNear(t, moved.covariance[i] ?? 0, value, 1e-7);
  t.throws(() => momentsOf([1, 2, 3], 3), { message: /1 vectors have no covariance/ });
});

test("a pivoted factor gives its matrix back, at the rank that it has", (t) => {
  const size = 9;
  for (const rank of [9, 4, 0]) {
    const rows = Float64Array.from(createStream(rank, "rows").normal(0, Math.max(1, rank) * size)).map((value) => (rank === 0 ? 0 : value));
    const matrix = multiply(transpose(rows, Math.max(1, rank), size), rows, size, Math.max(1, rank), size);
    const factor = factorise(matrix, size);
    t.is(factor.rank, rank);
    const again = rank === 0 ? new Float64Array(size * size) : multiply(transpose(factor.values, rank, size), factor.values, size, rank, size);
    for (const [i, value] of matrix.entries()) isNear(t, again[i] ?? 0, value, 1e-12);
  }
});

test("eigenvalues of a matrix with known ones, of a diagonal one, and their sums", (t) => {
  const size = 40;
  // Twice the identity minus the neighbours: 2 - 2 cos(k pi / (n + 1)).
  const chain = Float64Array.from({ length: size * size }, (_, k) => ({ 0: 2, 1: -1 })[Math.abs(Math.floor(k / size) - (k % size))] ?? 0);
  for (const [k, value] of symmetricEigenvalues(chain, size).toSorted().entries()) isNear(t, value, 2 - 2 * Math.cos(((k + 1) * Math.PI) / (size + 1)), 1e-12);
  t.deepEqual([...symmetricEigenvalues(Float64Array.of(3, 0, 0, 0, -1, 0, 0, 0, 2), 3)].toSorted(), [-1, 2, 3]);
  t.deepEqual([...symmetricEigenvalues(Float64Array.of(5), 1)], [5]);
  const full = Float64Array.from(createStream(1, "full").normal(0, size * size));
  const symmetric = full.map((value, k) => value + (full[(k % size) * size + Math.floor(k / size)] ?? 0));
  const values = symmetricEigenvalues(symmetric, size);
  isNear(t, values.reduce((sum, value) => sum + value, 0), symmetric.reduce((sum, value, k) => sum + (k % (size + 1) === 0 ? value : 0), 0), 1e-11);
  isNear(t, values.reduce((sum, value) => sum + value ** 2, 0), symmetric.reduce((sum, value) => sum + value ** 2, 0), 1e-11);
  t.throws(() => symmetricEigenvalues(Float64Array.of(Number.NaN), 1), { instanceOf: RangeError });
});

test("products of any sizes are sums of products", (t) => {
  for (const [rows, inner, columns] of [[1, 1, 1], [3, 5, 2], [4, 4, 7], [5, 2, 3]] as const) {
    const a = Float64Array.from({ length: rows * inner }, (_, i) => i + 1);
    const b = Float64Array.from({ length: inner * columns }, (_, i) => (i % 5) - 2);
    const expected = Array.from({ length: rows * columns }, (_, k) => Array.from({ length: inner }, (_each, j) => (a[Math.floor(k / columns) * inner + j] ?? 0) * (b[j * columns + (k % columns)] ?? 0)).reduce((sum, each) => sum + each, 0));
    t.deepEqual([...multiply(a, b, rows, inner, columns)], expected);
  }
});

test("values between percentiles are NumPy's with the outer ranks", (t) => {
  const { count, kept, mean } = fixture.percentiles;
  const inside = withinPercentiles(features(1, count, 0.3).map((value) => value), 1, 99);
  t.is(withinPercentiles([3, 1, 2], 1, 99).length, 3);
  const squares = withinPercentiles(Float64Array.from(features(1, count, 0.3), (value) => value ** 2), 1, 99);
  t.is(squares.length, kept);
  isNear(t, squares.reduce((sum, value) => sum + value, 0) / squares.length, mean, 1e-9);
  t.true(inside.length <= count);
});
