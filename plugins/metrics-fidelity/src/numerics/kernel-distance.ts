// Kernel distance (KID): Bińkowski 2018, https://arxiv.org/abs/1801.01401, section 4: the squared maximum mean discrepancy, without bias,
// of the kernel (x y / d + 1)^3 on features of d numbers.
import type { Advance, Engine, RandomStream } from "@idgan/core";
import { InnerProducts } from "./inner-products.js";

export interface KernelDistanceSetting {
  /** Features in each random subset of either side. */
  readonly subset: number;
  readonly subsets: number;
  readonly stream: RandomStream;
  readonly engine: Engine;
  /** Told of each subset. */
  readonly advance?: Advance;
}

export interface KernelDistance {
  /** Mean over subsets. */
  readonly value: number;
  /** Standard deviation over subsets. */
  readonly deviation: number;
}

/** Of features `[n, size]` and `[m, size]`; subsets are drawn without replacement. It may come out below 0, as an estimate without bias does. */
export async function kernelDistance(x: Float32Array, y: Float32Array, size: number, { subset, subsets, stream, engine, advance = () => undefined }: KernelDistanceSetting): Promise<KernelDistance> {
  const products = await InnerProducts.compile(engine, subset, size);
  const draw = (features: Float32Array, step: number): Float32Array => {
    const order = stream.permutation(step, features.length / size);
    const rows = new Float32Array(subset * size);
    for (let i = 0; i < subset; i += 1) rows.set(features.subarray((order[i] ?? 0) * size, ((order[i] ?? 0) + 1) * size), i * size);
    return rows;
  };
  try {
    const estimates: number[] = [];
    for (let index = 0; index < subsets; index += 1) {
      const [a, b] = [draw(x, 2 * index), draw(y, 2 * index + 1)];
      const sums = [await products.of(a, a), await products.of(b, b), await products.of(a, b)].map((each) => kernelSums(each, subset, size));
      const [within, beside, between] = sums as [KernelSums, KernelSums, KernelSums];
      const pairs = subset * (subset - 1);
      estimates.push((within.all - within.diagonal + beside.all - beside.diagonal) / pairs - (2 * between.all) / subset ** 2);
      advance(1);
    }
    const value = estimates.reduce((sum, each) => sum + each, 0) / subsets;
    return { value, deviation: Math.sqrt(estimates.reduce((sum, each) => sum + (each - value) ** 2, 0) / subsets) };
  } finally {
    await products.dispose();
  }
}

interface KernelSums {
  readonly all: number;
  readonly diagonal: number;
}

function kernelSums(products: Float32Array, rows: number, size: number): KernelSums {
  let [all, diagonal] = [0, 0];
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < rows; j += 1) {
      const base = (products[i * rows + j] as number) / size + 1;
      const value = base * base * base;
      all += value;
      if (i === j) diagonal += value;
    }
  }
  return { all, diagonal };
}
