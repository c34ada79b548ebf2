/** Rows of the left matrix, and of its columns, that are taken at once. */
const [rowsAtOnce, depth] = [2, 4];
/** Rows of the right matrix that are gone through for every row of the left before the next: as many as a cache holds. */
const block = 64;

/** `a` [rows, inner] times `b` [inner, columns], both in C order and double precision. */
export function multiply(a: Float64Array, b: Float64Array, rows: number, inner: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns);
  const at = (i: number, k: number): number => (i < rows && k < inner ? (a[i * inner + k] as number) : 0);
  const spare = new Float64Array(columns); // stands in for rows beyond the last
  for (let first = 0; first < inner; first += block) {
    for (let i = 0; i < rows; i += rowsAtOnce) {
      const upper = result.subarray(i * columns, (i + 1) * columns);
      const lower = i + 1 < rows ? result.subarray((i + 1) * columns, (i + 2) * columns) : spare;
      for (let k = first; k < Math.min(inner, first + block); k += depth) {
        addRows(upper, lower, b, { first: k, inner, columns }, [at(i, k), at(i, k + 1), at(i, k + 2), at(i, k + 3)], [at(i + 1, k), at(i + 1, k + 1), at(i + 1, k + 2), at(i + 1, k + 3)]);
      }
    }
  }
  return result;
}

type Four = readonly [number, number, number, number];

/** Adds four rows of `b`, each times its weight, to two rows of the result. */
function addRows(upper: Float64Array, lower: Float64Array, b: Float64Array, { first, inner, columns }: { readonly first: number; readonly inner: number; readonly columns: number }, [p0, p1, p2, p3]: Four, [q0, q1, q2, q3]: Four): void {
  // Rows beyond the last have weight 0, and are read from the last.
  const row = (k: number): number => Math.min(k, inner - 1) * columns;
  const [r0, r1, r2, r3] = [row(first), row(first + 1), row(first + 2), row(first + 3)];
  for (let j = 0; j < columns; j += 1) {
    const b0 = b[r0 + j] as number;
    const b1 = b[r1 + j] as number;
    const b2 = b[r2 + j] as number;
    const b3 = b[r3 + j] as number;
    upper[j] = (upper[j] as number) + p0 * b0 + p1 * b1 + p2 * b2 + p3 * b3;
    lower[j] = (lower[j] as number) + q0 * b0 + q1 * b1 + q2 * b2 + q3 * b3;
  }
}

/** `[rows, columns]` turned round. */
export function transpose(a: Float64Array, rows: number, columns: number): Float64Array {
  const turned = new Float64Array(a.length);
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < columns; j += 1) turned[j * rows + i] = a[i * columns + j] as number;
  }
  return turned;
}
