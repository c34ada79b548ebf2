// Philox4x32-10, a counter-based generator. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 3.3.
// https://doi.org/10.1145/2063384.2063405; constants as published in Random123.

const rounds = 10;
const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
/** Added to the key after each round: the golden ratio and sqrt(3) - 1 as 32-bit fractions. */
const weyl0 = 0x9e3779b9;
const weyl1 = 0xbb67ae85;

export type PhiloxKey = readonly [number, number];

/** Upper 32 bits of the 64-bit product of two unsigned 32-bit integers. */
export function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = Math.imul(aLow, bLow) >>> 16;
  const middle = (Math.imul(aHigh, bLow) >>> 0) + low;
  const carry = (Math.imul(aLow, bHigh) >>> 0) + (middle & 0xffff);
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (carry >>> 16)) >>> 0;
}

/** Writes the four words of one counter, `(counter0, counter1, counter2, counter3)`, to `output` from `offset` on. */
export function philox(
  key: PhiloxKey,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  output: Uint32Array,
  offset: number,
): void {
  let [key0, key1] = key;
  let x0 = counter0;
  let x1 = counter1;
  let x2 = counter2;
  let x3 = counter3;
  for (let round = 0; round < rounds; round += 1) {
    const high0 = multiplyHigh(multiplier0, x0);
    const low0 = Math.imul(multiplier0, x0);
    const high1 = multiplyHigh(multiplier1, x2);
    const low1 = Math.imul(multiplier1, x2);
    x0 = high1 ^ x1 ^ key0;
    x1 = low1;
    x2 = high0 ^ x3 ^ key1;
    x3 = low0;
    key0 = (key0 + weyl0) | 0;
    key1 = (key1 + weyl1) | 0;
  }
  output[offset] = x0;
  output[offset + 1] = x1;
  output[offset + 2] = x2;
  output[offset + 3] = x3;
}
