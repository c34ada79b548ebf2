import { columnOf, type Matrix } from "../numerics/matrix.js";

/** Values of factors, integers from 0, row by row. */
export interface FactorValues {
  readonly rows: number;
  readonly columns: number;
  /** `[rows, columns]` */
  readonly values: Int32Array;
}

/** Codes of images beside the values of their factors, row for row. */
export interface LabelledCodes {
  /** `[images, latents]` */
  readonly codes: Matrix;
  /** `[images, factors]` */
  readonly factors: FactorValues;
}

export function factorValuesOf(values: Int32Array, columns: number): FactorValues {
  return { rows: values.length / columns, columns, values };
}

/** One factor's values as labels. */
export function labelsOf({ rows, columns, values }: FactorValues, column: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => values[row * columns + column] ?? 0);
}

export function allLabelsOf(factors: FactorValues): readonly Int32Array[] {
  return Array.from({ length: factors.columns }, (_, column) => labelsOf(factors, column));
}

export function columnsOf(codes: Matrix): readonly Float64Array[] {
  return Array.from({ length: codes.columns }, (_, column) => columnOf(codes, column));
}
