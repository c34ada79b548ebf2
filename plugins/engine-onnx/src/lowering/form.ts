/**
 * One way in which the model holds a value. `rows` is tfjs's own order of elements under any shape, since a reshape is free;
 * `channelsFirst` is `[batch, channels, height, width]` of an image value, for operators that want it;
 * `blocked` is `[batch, channels / block, height, width, block]` of one, under any shape: see blocks.ts;
 * `uniform` is one number, rank 0, that stands at every place.
 */
export interface Form {
  readonly name: string;
  readonly shape: readonly number[];
  readonly order: "rows" | "channelsFirst" | "blocked" | "uniform";
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, i) => length === b[i]);
}

/** The four lengths of an image batch or a filter. */
export function four(shape: readonly number[]): readonly [number, number, number, number] {
  const [a = 1, b = 1, c = 1, d = 1] = shape;
  return [a, b, c, d];
}

/** `0, 1, … length - 1`. */
export function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
