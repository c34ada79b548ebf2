import { requireFinite, type Matrix } from "./matrix.js";

/** A table by columns, with the ascending order of the samples in each: made once, read by every tree. */
export interface SortedFeatures {
  readonly rows: number;
  readonly columns: number;
  /** `[columns, rows]`; in single precision, in which scikit-learn's trees read their features. */
  readonly values: Float32Array;
  /** `[columns, rows]`: sample indices, ascending by value; equal values in the samples' order. */
  readonly order: Int32Array;
}

export function sortFeatures({ rows, columns, values }: Matrix): SortedFeatures {
  const byColumn = new Float32Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      byColumn[column * rows + row] = values[row * columns + column] ?? 0;
    }
  }
  requireFinite(byColumn); // a double beyond single precision became infinite
  const order = new Int32Array(values.length);
  for (let column = 0; column < columns; column += 1) {
    const feature = byColumn.subarray(column * rows, (column + 1) * rows);
    order.set(Int32Array.from(feature.keys()).sort((a, b) => (feature[a] ?? 0) - (feature[b] ?? 0) || a - b), column * rows);
  }
  return { rows, columns, values: byColumn, order };
}
