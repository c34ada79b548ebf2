// Limited-memory BFGS with a line search for the weak Wolfe conditions: Nocedal and Wright, "Numerical optimization", algorithm 7.5;
// the search by bracketing and bisection is that of Lewis and Overton 2013, https://doi.org/10.1007/s10107-012-0514-2, algorithm 2.6.

/** Writes the gradient at `x` and returns the value. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface LbfgsOptions {
  /** Ends where no element of the gradient is larger. */
  readonly tolerance: number;
  readonly mostIterations: number;
  /** Pairs of steps and gradient differences that stand for the Hessian. */
  readonly memory?: number;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** Whether the gradient is within the tolerance, or as small as rounding lets it be. */
  readonly converged: boolean;
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

const decrease = 1e-4;
const flattening = 0.9;
const mostTrials = 50;

export function minimise(objective: Objective, start: Float64Array, { tolerance, mostIterations, memory = 10 }: LbfgsOptions): Minimum {
  let x: Float64Array = Float64Array.from(start);
  let gradient: Float64Array = new Float64Array(x.length);
  let value = objective(x, gradient);
  const pairs: Pair[] = [];
  for (let iterations = 0; ; iterations += 1) {
    if (gradient.every((slope) => Math.abs(slope) <= tolerance)) {
      return { x, value, iterations, converged: true };
    }
    if (iterations === mostIterations) {
      return { x, value, iterations, converged: false };
    }
    const direction = descend(gradient, pairs);
    const first = pairs.length === 0 ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1;
    const found = search(objective, x, value, gradient, direction, first);
    if (found === undefined) {
      return { x, value, iterations, converged: true }; // rounding hides any decrease that is left
    }
    const step = found.x.map((each, i) => each - (x[i] ?? 0));
    const change = found.gradient.map((each, i) => each - (gradient[i] ?? 0));
    const curvature = dot(step, change);
    if (curvature > 0) {
      pairs.push({ step, change, curvature });
      if (pairs.length > memory) pairs.shift();
    }
    ({ x, value, gradient } = found);
  }
}

/** −H · gradient, by the two loops over the pairs. */
function descend(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((slope) => -slope);
  const shares = pairs.map(() => 0);
  for (let i = pairs.length - 1; i >= 0; i -= 1) {
    const pair = pairs[i];
    if (pair === undefined) continue;
    const share = dot(pair.step, direction) / pair.curvature;
    shares[i] = share;
    add(direction, pair.change, -share);
  }
  const last = pairs.at(-1);
  if (last !== undefined) {
    const scale = last.curvature / dot(last.change, last.change);
    direction.forEach((each, i) => (direction[i] = each * scale));
  }
  pairs.forEach((pair, i) => add(direction, pair.step, (shares[i] ?? 0) - dot(pair.change, direction) / pair.curvature));
  return direction;
}

interface Point {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

/** A point along the direction that is lower, and less steep; undefined where none is found. */
function search(objective: Objective, x: Float64Array, value: number, gradient: Float64Array, direction: Float64Array, first: number): Point | undefined {
  const slope = dot(gradient, direction);
  if (!(slope < 0)) {
    return undefined;
  }
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  let length = first;
  let lower: Point | undefined;
  for (let trial = 0; trial < mostTrials; trial += 1) {
    const at = Float64Array.from(x);
    add(at, direction, length);
    const point = { x: at, gradient: new Float64Array(x.length), value: 0 };
    point.value = objective(at, point.gradient);
    if (!(point.value < value + decrease * length * slope)) {
      high = length;
    } else if (dot(point.gradient, direction) < flattening * slope) {
      low = length;
      lower = point;
    } else {
      return point;
    }
    length = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2;
  }
  return lower;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) {
    sum += (a[i] ?? 0) * (b[i] ?? 0);
  }
  return sum;
}

/** target += factor · source */
function add(target: Float64Array, source: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i += 1) {
    target[i] = (target[i] ?? 0) + factor * (source[i] ?? 0);
  }
}
