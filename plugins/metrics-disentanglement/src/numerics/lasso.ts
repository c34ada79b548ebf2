// Least squares with an L1 penalty, by coordinate descent: Friedman, Hastie and Tibshirani, "Regularization paths for generalized linear models
// via coordinate descent", 2010, https://doi.org/10.18637/jss.v033.i01; objective and intercept as in scikit-learn's Lasso.
import { requireFinite, requireSameLength, type Matrix } from "./matrix.js";

/** Coefficients of one target, `[columns]`, which minimise |y − Xw − b|² / (2 rows) + alpha |w|₁; the intercept b is free. */
export function fitLasso(samples: Matrix, target: ArrayLike<number>, alpha: number): Float64Array {
  const { rows, columns, values } = samples;
  requireSameLength(rows, target.length);
  requireFinite(target);
  const { gram, moments, variance } = momentsOf(values, rows, columns, target);
  const weights = new Float64Array(columns);
  const slopes = Float64Array.from(moments); // moments − gram · weights, kept up to date
  for (let sweep = 0; sweep < mostSweeps; sweep += 1) {
    let greatest = 0;
    for (let j = 0; j < columns; j += 1) {
      const curvature = gram[j * columns + j] ?? 0;
      if (curvature <= 0) continue; // a constant feature explains nothing
      const old = weights[j] ?? 0;
      const pull = (slopes[j] ?? 0) + curvature * old;
      const next = (Math.sign(pull) * Math.max(0, Math.abs(pull) - alpha)) / curvature;
      const change = next - old;
      if (change !== 0) {
        weights[j] = next;
        for (let k = 0; k < columns; k += 1) {
          slopes[k] = (slopes[k] ?? 0) - change * (gram[j * columns + k] ?? 0);
        }
        greatest = Math.max(greatest, Math.abs(change) * Math.sqrt(curvature));
      }
    }
    if (greatest <= tolerance * Math.sqrt(variance)) break;
  }
  return weights;
}

/** A sweep that moves the prediction by less than this share of the target's deviation ends the descent. */
const tolerance = 1e-12;
const mostSweeps = 100_000;

/** Second moments about the means, divided by the number of rows. */
function momentsOf(values: Float32Array | Float64Array, rows: number, columns: number, target: ArrayLike<number>) {
  const means = new Float64Array(columns + 1);
  const value = (row: number, j: number): number => (j === columns ? target[row] : values[row * columns + j]) ?? 0;
  const at = (row: number, j: number): number => value(row, j) - value(0, j); // a constant feature varies by 0 and not by rounding
  for (let row = 0; row < rows; row += 1) {
    for (let j = 0; j <= columns; j += 1) {
      means[j] = (means[j] ?? 0) + at(row, j) / rows;
    }
  }
  const gram = new Float64Array(columns * columns);
  const moments = new Float64Array(columns);
  let variance = 0;
  const centred = new Float64Array(columns + 1);
  for (let row = 0; row < rows; row += 1) {
    for (let j = 0; j <= columns; j += 1) {
      centred[j] = at(row, j) - (means[j] ?? 0);
    }
    const goal = centred[columns] ?? 0;
    variance += (goal * goal) / rows;
    for (let j = 0; j < columns; j += 1) {
      const share = (centred[j] ?? 0) / rows;
      moments[j] = (moments[j] ?? 0) + share * goal;
      for (let k = 0; k < columns; k += 1) {
        gram[j * columns + k] = (gram[j * columns + k] ?? 0) + share * (centred[k] ?? 0);
      }
    }
  }
  return { gram, moments, variance };
}
