import test from "ava";
import { minimise, type Objective } from "./lbfgs.js";

/** Rosenbrock 1960: a curved valley, least at (1, 1). */
const valley: Objective = (x, gradient) => {
  const [a = 0, b = 0] = x;
  gradient[0] = -2 * (1 - a) - 400 * a * (b - a * a);
  gradient[1] = 200 * (b - a * a);
  return (1 - a) ** 2 + 100 * (b - a * a) ** 2;
};

test("it walks through Rosenbrock's valley to the end", (t) => {
  const { x, value, iterations, converged } = minimise(valley, Float64Array.of(-1.2, 1), { tolerance: 1e-10, mostIterations: 200 });
  t.true(converged);
  t.true(iterations < 60, `${iterations}`);
  t.true(x.every((each) => Math.abs(each - 1) < 1e-9));
  t.true(value < 1e-18);
});

test("it says where it ran out of iterations", (t) => {
  const { iterations, converged } = minimise(valley, Float64Array.of(-1.2, 1), { tolerance: 1e-10, mostIterations: 3 });
  t.deepEqual([iterations, converged], [3, false]);
});

test("at a minimum it stays", (t) => {
  const { x, iterations } = minimise(valley, Float64Array.of(1, 1), { tolerance: 1e-10, mostIterations: 3 });
  t.deepEqual([[...x], iterations], [[1, 1], 0]);
});
