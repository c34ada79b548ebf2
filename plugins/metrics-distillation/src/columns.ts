/** Statistics of each column of a table, `[rows, columns]` row by row. */

/** Sum over rows of `term` for each column, divided by the number of rows. */
export function meanOfColumns(columns: number, rows: number, term: (place: number) => number): readonly number[] {
  const sums = new Float64Array(columns);
  for (let place = 0; place < rows * columns; place += 1) sums[place % columns]! += term(place);
  return Array.from(sums, (total) => total / rows);
}

/** Population variance of each column, about its own mean. */
export function varianceOfColumns(table: Float32Array, columns: number): readonly number[] {
  const rows = table.length / columns;
  const means = meanOfColumns(columns, rows, (place) => table[place]!);
  return meanOfColumns(columns, rows, (place) => (table[place]! - means[place % columns]!) ** 2);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}
