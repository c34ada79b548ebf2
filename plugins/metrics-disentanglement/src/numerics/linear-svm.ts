// A linear support vector machine on one feature with squared hinge loss, as scikit-learn's LinearSVC: Fan et al., "LIBLINEAR", 2008,
// https://www.jmlr.org/papers/v9/fan08a.html. Like there the intercept is penalised with the weight. Each machine has two unknowns and a
// piecewise quadratic, strictly convex objective, whose minimum Newton's method reaches in a few steps, to rounding: no tolerance is left to choose.
// On one feature the samples that a hinge touches lie to one side of a limit, so that sorted values make a step cost a few bisections.
import { IdganError } from "@idgan/core";
import { classesOf } from "./classes.js";
import { requireFinite } from "./matrix.js";
import { momentsBeside, sortedMomentsOf, type Moments, type SortedMoments } from "./sorted-moments.js";

export interface SvmOptions {
  /** Weight of the loss against the penalty. */
  readonly C: number;
  /** Whether a class of n_k of n samples weighs n / (classes · n_k) in its own machine; the others' samples weigh 1 there, as in LIBLINEAR. */
  readonly balanced: boolean;
}

export interface LinearSvm {
  /** One for each class against the others; for two classes one alone, of the second. */
  readonly machines: readonly Machine[];
  /** The label whose machine decides highest; of equals the lowest. */
  predict(feature: ArrayLike<number>): Int32Array;
}

/** Decides by weight · x + intercept. */
export interface Machine {
  readonly weight: number;
  readonly intercept: number;
}

/** Throws `METRIC_INPUT` for values that are not finite, labels of other length, or of one value. */
export function fitLinearSvm(feature: ArrayLike<number>, labels: ArrayLike<number>, { C, balanced }: SvmOptions): LinearSvm {
  if (!(C > 0)) {
    throw new IdganError("METRIC_INPUT", `The C of a support vector machine is above 0, not ${C}.`);
  }
  const classes = classesOf(labels, feature.length);
  requireFinite(feature);
  const { values: labelValues, counts, index } = classes;
  const weights = Float64Array.from(counts, (count) => (balanced ? feature.length / (counts.length * count) : 1));
  const every = sortedMomentsOf(Float64Array.from(feature));
  const ofClass = Array.from(counts, (_count, k) => sortedMomentsOf(Float64Array.from(feature).filter((_, i) => index[i] === k)));
  const machines =
    counts.length === 2
      ? [fitMachine(every, ofClass[1] ?? every, C * (weights[1] ?? 1), C * (weights[0] ?? 1))]
      : ofClass.map((own, k) => fitMachine(every, own, C * (weights[k] ?? 1), C));
  return {
    machines,
    predict(values) {
      requireFinite(values);
      return Int32Array.from({ length: values.length }, (_, i) => labelValues[decide(machines, values[i] ?? 0)] ?? 0);
    },
  };
}

function decide(machines: readonly Machine[], value: number): number {
  const [first, ...others] = machines;
  let highest = first === undefined ? 0 : first.weight * value + first.intercept;
  if (others.length === 0) {
    return highest > 0 ? 1 : 0;
  }
  let best = 0;
  others.forEach(({ weight, intercept }, i) => {
    const decision = weight * value + intercept;
    if (decision > highest) {
      highest = decision;
      best = i + 1;
    }
  });
  return best;
}

/** Of the objective, at one point. */
interface Derivatives {
  readonly gradient: readonly [number, number];
  readonly hessian: readonly [ww: number, wb: number, bb: number];
}

/** A step of Newton's that is shorter than this, relative to the weights, is rounding. */
const rounding = 1e-13;
/** Five to ten are usual; more are spent where rounding keeps a step longer than that. */
const mostSteps = 60;

/** The machine of one class, `own`, against the rest of `every`. */
function fitMachine(every: SortedMoments, own: SortedMoments, ownCost: number, otherCost: number): Machine {
  let [weight, intercept] = [0, 0];
  for (let step = 0; step < mostSteps; step += 1) {
    const { gradient, hessian } = derivatives(every, own, ownCost, otherCost, weight, intercept);
    const [gw, gb] = gradient;
    const [ww, wb, bb] = hessian;
    const determinant = ww * bb - wb * wb; // at least 1: the penalty is in the diagonal
    const stepW = (wb * gb - bb * gw) / determinant;
    const stepB = (wb * gw - ww * gb) / determinant;
    const slope = gw * stepW + gb * stepB;
    let length = 1;
    // Along a line the slope only rises: a step is too long where it has come out as steep upwards. Values would tell less: they round sooner.
    for (; length > 2 ** -20; length /= 2) {
      const [nextW, nextB] = derivatives(every, own, ownCost, otherCost, weight + length * stepW, intercept + length * stepB).gradient;
      if (nextW * stepW + nextB * stepB <= -slope / 2) break;
    }
    weight += length * stepW;
    intercept += length * stepB;
    if (Math.hypot(stepW, stepB) <= rounding * Math.hypot(weight, intercept)) break;
  }
  return { weight, intercept };
}

/** Of (w² + b²) / 2 + Σ cost · max(0, 1 − ±(w x + b))². */
function derivatives(every: SortedMoments, own: SortedMoments, ownCost: number, otherCost: number, w: number, b: number): Derivatives {
  const positive = touched(own, w, b, 1);
  const [all, allSum, allSquares] = touched(every, w, b, -1);
  const [less, lessSum, lessSquares] = touched(own, w, b, -1);
  const parts: readonly (readonly [cost: number, target: number, moments: Moments])[] = [
    [ownCost, 1, positive],
    [otherCost, -1, [all - less, allSum - lessSum, allSquares - lessSquares]],
  ];
  let [gw, gb, ww, wb, bb] = [w, b, 1, 0, 1];
  for (const [cost, target, [count, sum, squares]] of parts) {
    const lack = target - b; // a sample lacks target − b − w x
    gw -= 2 * cost * (lack * sum - w * squares);
    gb -= 2 * cost * (count * lack - w * sum);
    ww += 2 * cost * squares;
    wb += 2 * cost * sum;
    bb += 2 * cost * count;
  }
  return { gradient: [gw, gb], hessian: [ww, wb, bb] };
}

/** The samples on the wrong side of the margin of `target`: w x + b < 1 for 1, w x + b > −1 for −1. */
function touched(samples: SortedMoments, w: number, b: number, target: 1 | -1): Moments {
  if (w === 0) {
    return momentsBeside(samples, Number.POSITIVE_INFINITY, target * b < 1);
  }
  return momentsBeside(samples, (target - b) / w, target * w > 0);
}
