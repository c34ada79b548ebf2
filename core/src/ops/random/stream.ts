// Named streams of random numbers, without state: the seed and the name make Philox's key, the step and the index its counter.
import { createHash } from "node:crypto";
import { multiplyHigh, philox, type PhiloxKey } from "./philox.js";

/** Numbers that depend on the seed, the stream's name and the step, and on nothing drawn before; a longer draw begins with the shorter one. */
export interface RandomStream {
  readonly name: string;
  /** Multiples of 2^-24 in [0, 1). */
  uniform(step: number, count: number): Float32Array;
  /** Standard normal values, by Box and Muller in double precision. */
  normal(step: number, count: number): Float32Array;
  /** The numbers 0 … n-1 in a random order, each order as likely as any other. */
  permutation(step: number, n: number): Uint32Array;
  /** Unbiased integers in [0, limit), for a limit of at most 2^32. */
  integers(step: number, count: number, limit: number): Uint32Array;
}

/** Keeps the four kinds of draw at one step apart, so that a normal is no function of the uniform beside it. */
const draws = { uniform: 0, normal: 1, permutation: 2, integers: 3 } as const;

/** The words of one draw, in order. */
interface Words {
  next(): number;
}

/** Opens the stream `name` of `seed`; streams of different names are independent. */
export function createStream(seed: number, name: string): RandomStream {
  const key = keyOf(seed, name);
  return {
    name,
    uniform(step, count) {
      const words = fill(key, step, draws.uniform, count);
      const result = new Float32Array(count);
      for (let i = 0; i < count; i += 1) {
        result[i] = ((words[i] ?? 0) >>> 8) * 2 ** -24; // 24 bits: 32 would round up to 1
      }
      return result;
    },
    normal(step, count) {
      const values = fill(key, step, draws.normal, count + (count & 1));
      const result = new Float32Array(count);
      for (let i = 0; i < count; i += 2) {
        const radius = Math.sqrt(-2 * Math.log(((values[i] ?? 0) + 0.5) * 2 ** -32)); // + 0.5: log(0) cannot occur
        const angle = 2 * Math.PI * (values[i + 1] ?? 0) * 2 ** -32;
        result[i] = radius * Math.cos(angle);
        if (i + 1 < count) {
          result[i + 1] = radius * Math.sin(angle);
        }
      }
      return result;
    },
    permutation(step, n) {
      const words = read(key, step, draws.permutation);
      const order = Uint32Array.from({ length: n }, (_, i) => i);
      for (let last = n - 1; last > 0; last -= 1) {
        const chosen = below(words, last + 1);
        const value = order[last] ?? 0;
        order[last] = order[chosen] ?? 0;
        order[chosen] = value;
      }
      return order;
    },
    integers(step, count, limit) {
      const words = read(key, step, draws.integers);
      return Uint32Array.from({ length: count }, () => below(words, limit));
    },
  };
}

function keyOf(seed: number, name: string): PhiloxKey {
  const digest = createHash("sha256").update(`${seed}/${name}`).digest();
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}

function fill(key: PhiloxKey, step: number, draw: number, count: number): Uint32Array {
  const words = new Uint32Array(Math.ceil(count / 4) * 4);
  const high = Math.floor(step / 2 ** 32);
  for (let offset = 0; offset < count; offset += 4) {
    philox(key, offset / 4, draw, step >>> 0, high, words, offset);
  }
  return words.subarray(0, count);
}

function read(key: PhiloxKey, step: number, draw: number): Words {
  const block = new Uint32Array(4);
  const high = Math.floor(step / 2 ** 32);
  let index = 0;
  return {
    next() {
      const place = index & 3;
      if (place === 0) {
        philox(key, index >>> 2, draw, step >>> 0, high, block, 0);
      }
      index += 1;
      return block[place] ?? 0;
    },
  };
}

/** An unbiased integer in [0, limit). Lemire, "Fast random integer generation in an interval", 2019, https://arxiv.org/abs/1805.10941. */
function below(words: Words, limit: number): number {
  if (limit === 2 ** 32) {
    return words.next();
  }
  for (;;) {
    const word = words.next();
    const low = Math.imul(word, limit) >>> 0;
    if (low >= limit || low >= 2 ** 32 % limit) {
      return multiplyHigh(word, limit);
    }
  }
}
