// Entropy of a mixture of normal distributions in one dimension, -∫ q log q, by the trapezoidal rule: on a smooth function that vanishes at
// both ends its error falls exponentially with the step (Trefethen and Weideman 2014, https://doi.org/10.1137/130932132).

/** Posteriors of one latent: `N(mean[n], exp(logVar[n]))`. */
export interface Posteriors {
  readonly mean: ArrayLike<number>;
  readonly logVar: ArrayLike<number>;
}

/** One way of dividing the posteriors into groups: the group of each, from 0. */
export interface Grouping {
  readonly groups: number;
  readonly of: ArrayLike<number>;
}

export interface MixtureEntropies {
  /** Of the mixture of all, in nats. */
  readonly all: number;
  /** For each grouping, the mean of the groups' entropies, weighted by their sizes. */
  readonly within: readonly number[];
  /** The least standard deviation that the steps resolve; posteriors below were widened to it. */
  readonly finest: number;
}

/** Deviations from the mean at which a posterior counts as 0: its tail beyond holds 1e-15 of it. */
const reach = 8;
/** Steps within one standard deviation of the narrowest posterior. */
const stepsPerDeviation = 2;
const mostSteps = 8192;

/** Entropies of the mixture of all posteriors and of each group's: q(z_j) and q(z_j | v_k) where groups are values of the factor k. */
export function mixtureEntropies({ mean, logVar }: Posteriors, groupings: readonly Grouping[]): MixtureEntropies {
  const count = mean.length;
  let [low, high, narrowest] = [Infinity, -Infinity, Infinity];
  for (let n = 0; n < count; n += 1) {
    const deviation = Math.exp(logVar[n]! / 2);
    low = Math.min(low, mean[n]! - reach * deviation);
    high = Math.max(high, mean[n]! + reach * deviation);
    narrowest = Math.min(narrowest, deviation);
  }
  const resolution = Math.max(Math.abs(low), Math.abs(high)) * 1e-12; // where all posteriors are points
  const step = Math.max(narrowest / stepsPerDeviation, (high - low) / mostSteps, resolution, 1e-100);
  const finest = step * stepsPerDeviation;
  const start = low - reach * finest; // room for posteriors that are widened
  const points = Math.ceil((high + reach * finest - start) / step) + 2;
  const total = new Float64Array(points);
  const tables = groupings.map(({ groups }) => new Float64Array(groups * points));
  const sizes = groupings.map(({ groups }) => new Float64Array(groups));
  const density = new Float64Array(points);
  for (let n = 0; n < count; n += 1) {
    const deviation = Math.max(Math.exp(logVar[n]! / 2), finest);
    const first = Math.ceil((mean[n]! - reach * deviation - start) / step);
    const length = writeDensity(density, start + first * step - mean[n]!, step, deviation);
    add(density, length, total, first);
    for (let g = 0; g < groupings.length; g += 1) {
      const group = groupings[g]!.of[n]!;
      sizes[g]![group]! += 1;
      add(density, length, tables[g]!, group * points + first);
    }
  }
  const within = tables.map((table, g) =>
    sizes[g]!.reduce((sum, size, group) => sum + (size === 0 ? 0 : (size / count) * entropyOnGrid(table.subarray(group * points, (group + 1) * points), size, step)), 0),
  );
  return { all: entropyOnGrid(total, count, step), within, finest };
}

/** Values of N(0, deviation²) at `x`, `x + step`, … up to `reach` deviations; returns how many. Each follows from the last by two products. */
function writeDensity(target: Float64Array, x: number, step: number, deviation: number): number {
  const precision = 1 / (deviation * deviation);
  let value = Math.exp(-0.5 * x * x * precision) / (deviation * Math.sqrt(2 * Math.PI));
  let ratio = Math.exp(-(x + step / 2) * step * precision); // value(x + step) / value(x)
  const decay = Math.exp(-step * step * precision); // of that ratio, per step
  const length = Math.min(target.length, Math.floor((reach * deviation - x) / step) + 1);
  for (let i = 0; i < length; i += 1) {
    target[i] = value;
    value *= ratio;
    ratio *= decay;
  }
  return length;
}

function add(values: Float64Array, length: number, target: Float64Array, offset: number): void {
  for (let i = 0; i < length; i += 1) {
    target[offset + i]! += values[i]!;
  }
}

/** From densities that were added over `size` posteriors. */
function entropyOnGrid(sums: Float64Array, size: number, step: number): number {
  let entropy = 0;
  for (const sum of sums) {
    const density = sum / size;
    if (density > 0) entropy -= density * Math.log(density);
  }
  return entropy * step;
}
