import { IdganError } from "@idgan/core";

/** Samples by features, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** `[rows, columns]` */
  readonly values: Float32Array | Float64Array;
}

/** Throws `METRIC_INPUT` where the values are no table of `columns` columns, or one of them is NaN or infinite. */
export function matrixOf(values: Float32Array | Float64Array, columns: number): Matrix {
  if (!Number.isInteger(columns) || columns < 1 || values.length === 0 || values.length % columns !== 0) {
    throw new IdganError("METRIC_INPUT", `${values.length} values make no table of ${columns} columns; pass at least one full row.`);
  }
  requireFinite(values);
  return { rows: values.length / columns, columns, values };
}

/** One column, in double precision. */
export function columnOf(matrix: Matrix, column: number): Float64Array {
  const { rows, columns, values } = matrix;
  const result = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) {
    result[row] = values[row * columns + column] ?? 0;
  }
  return result;
}

/** Throws `METRIC_INPUT` where a value is NaN or infinite. */
export function requireFinite(values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (!Number.isFinite(value)) {
      throw new IdganError("METRIC_INPUT", `Value ${i} of the codes is ${value}; scores need finite codes, so look for a run that diverged.`);
    }
  }
}

/** Throws `METRIC_INPUT` where two arrays that describe the same samples differ in length, or are empty. */
export function requireSameLength(a: number, b: number): void {
  if (a !== b || a === 0) {
    throw new IdganError("METRIC_INPUT", `${a} samples stand beside ${b}; pass as many, and at least one.`);
  }
}
