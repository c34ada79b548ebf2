/** Posteriors of a small dataset with two latents: q(z) = 1/N sum_n N(z; mean_n, deviation_n^2), known everywhere. */
export interface Mixture {
  readonly size: number;
  /** `[size, 2]` in row-major order, as `deviation`. */
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

export interface Parts {
  readonly mi: number;
  readonly tc: number;
  readonly dwkl: number;
}

/** Mean of the parts over `codes` `[size, 2]`, the code of every image in order, with the exact q(z) and q(z_j). */
export function pointwise(mixture: Mixture, codes: ArrayLike<number>): Parts {
  const parts = { mi: 0, tc: 0, dwkl: 0 };
  for (let n = 0; n < mixture.size; n += 1) {
    const z = [codes[2 * n] ?? 0, codes[2 * n + 1] ?? 0] as const;
    const own = Math.log(density(mixture, n, 0, z[0]) * density(mixture, n, 1, z[1]));
    const joint = Math.log(jointOf(mixture, z[0], z[1]));
    const marginals = Math.log(marginalOf(mixture, 0, z[0])) + Math.log(marginalOf(mixture, 1, z[1]));
    parts.mi += (own - joint) / mixture.size;
    parts.tc += (joint - marginals) / mixture.size;
    parts.dwkl += (marginals - Math.log(normal(z[0]) * normal(z[1]))) / mixture.size;
  }
  return parts;
}

/** The exact parts, by integrating over a grid that holds all of q(z) but less than 1e-9. */
export function exactDecomposition(mixture: Mixture): Parts {
  const [limit, step] = [9, 0.03];
  const grid = Array.from({ length: Math.round((2 * limit) / step) + 1 }, (_, i) => i * step - limit);
  const marginals = ([0, 1] as const).map((latent) => grid.map((z) => marginalOf(mixture, latent, z)));
  const marginalEntropies = marginals.map((values) => -step * values.reduce((sum, q) => sum + plogp(q), 0));
  let jointEntropy = 0;
  const [first, second] = ([0, 1] as const).map((latent) => grid.map((z) => Float64Array.from({ length: mixture.size }, (_, n) => density(mixture, n, latent, z))));
  for (const p of first ?? []) {
    for (const q of second ?? []) {
      let joint = 0;
      for (let n = 0; n < mixture.size; n += 1) joint += (p[n] ?? 0) * (q[n] ?? 0);
      jointEntropy -= step * step * plogp(joint / mixture.size);
    }
  }
  const conditionalEntropy = mixture.deviation.reduce((sum, s) => sum + 0.5 * Math.log(2 * Math.PI * Math.E * s * s), 0) / mixture.size;
  const priorCrossEntropy = marginals.flatMap((values) => values.map((q, i) => -step * q * Math.log(normal(grid[i] ?? 0)))).reduce((sum, value) => sum + value, 0);
  const independentEntropy = marginalEntropies.reduce((sum, value) => sum + value, 0);
  return { mi: jointEntropy - conditionalEntropy, tc: independentEntropy - jointEntropy, dwkl: priorCrossEntropy - independentEntropy };
}

function jointOf(mixture: Mixture, z0: number, z1: number): number {
  let sum = 0;
  for (let n = 0; n < mixture.size; n += 1) sum += density(mixture, n, 0, z0) * density(mixture, n, 1, z1);
  return sum / mixture.size;
}

function marginalOf(mixture: Mixture, latent: 0 | 1, z: number): number {
  let sum = 0;
  for (let n = 0; n < mixture.size; n += 1) sum += density(mixture, n, latent, z);
  return sum / mixture.size;
}

/** q(z_latent | image). */
function density({ mean, deviation }: Mixture, image: number, latent: 0 | 1, z: number): number {
  const scale = deviation[2 * image + latent] ?? 1;
  return normal((z - (mean[2 * image + latent] ?? 0)) / scale) / scale;
}

function normal(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

function plogp(p: number): number {
  return p === 0 ? 0 : p * Math.log(p);
}
