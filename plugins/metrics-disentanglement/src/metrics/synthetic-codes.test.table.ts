// Codes of an imagined encoder, by a formula of integers, products and sums: test/fixtures/synthetic_codes.py computes the same bits.
import { matrixOf, type Matrix } from "../numerics/matrix.js";
import { factorValuesOf, type FactorValues, type LabelledCodes } from "./labelled-codes.js";

/** Multiples of 2^-32 in [0, 1), by the finaliser of MurmurHash3. */
export function unit(number: number, salt: number): number {
  let h = (Math.imul(number, 2654435761) + Math.imul(salt, 40503) + 1) >>> 0;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) * 2 ** -32;
}

/** Factor values, each as likely as any other. */
export function syntheticValues(count: number, sizes: readonly number[], salt: number): FactorValues {
  const values = Int32Array.from({ length: count * sizes.length }, (_, place) => {
    const factor = place % sizes.length;
    return Math.floor(unit(Math.floor(place / sizes.length), salt + factor) * (sizes[factor] ?? 1));
  });
  return factorValuesOf(values, sizes.length);
}

/** Codes `[count, 5]` for three factors: each alone, two mixed, a bent one; the last says nothing and hardly moves. */
export function syntheticCodes({ rows, values }: FactorValues, sizes: readonly number[], salt: number): Matrix {
  const codes = new Float64Array(rows * 5);
  for (let i = 0; i < rows; i += 1) {
    const [a, b, c] = [0, 1, 2].map((k) => (values[i * 3 + k] ?? 0) / ((sizes[k] ?? 2) - 1) - 0.5) as [number, number, number];
    const noise = (latent: number): number => unit(i, salt + latent) - 0.5;
    codes.set([2 * a + 0.25 * noise(0), 1.5 * b + 0.5 * noise(1), b + 0.5 * c + 0.25 * noise(2), 2 * (c * c) + 0.25 * a + 0.25 * noise(3), 0.0625 * noise(4)], i * 5);
  }
  return matrixOf(codes, 5);
}

export function syntheticSample(count: number, sizes: readonly number[], salt: number): LabelledCodes {
  const factors = syntheticValues(count, sizes, salt);
  return { codes: syntheticCodes(factors, sizes, salt + 10), factors };
}

/** Every combination of the factors once, the last factor fastest. */
export function everyCombination(sizes: readonly number[]): FactorValues {
  const count = sizes.reduce((product, size) => product * size, 1);
  const steps = sizes.map((_, k) => sizes.slice(k + 1).reduce((product, size) => product * size, 1));
  const values = Int32Array.from({ length: count * sizes.length }, (_, place) => {
    const k = place % sizes.length;
    return Math.floor(Math.floor(place / sizes.length) / (steps[k] ?? 1)) % (sizes[k] ?? 1);
  });
  return factorValuesOf(values, sizes.length);
}
