// Improved precision and recall: Kynkäänniemi 2019, https://arxiv.org/abs/1904.06991, equations 1 and 2.
// Density and coverage: Naeem 2020, https://arxiv.org/abs/2002.09797, equations 3 and 4.
import type { Advance, Engine } from "@idgan/core";
import { InnerProducts } from "./inner-products.js";

export interface ManifoldSetting {
  /** Which neighbour's distance is the radius around each image, for precision and recall. */
  readonly neighbours: number;
  /** The same, for density and coverage. */
  readonly densityNeighbours: number;
  readonly engine: Engine;
  /** Told of images as their distances are done: three times each. */
  readonly advance?: Advance;
  /** Images in a block of distances. */
  readonly block?: number;
}

export interface ManifoldScores {
  /** Share of generated images that lie within the radius of a real one. */
  readonly precision: number;
  /** Share of real images that lie within the radius of a generated one. */
  readonly recall: number;
  /** Mean over generated images of the real radii that they lie within, over the neighbours that define them; above 1 where they crowd. */
  readonly density: number;
  /** Share of real images within whose radius a generated one lies. */
  readonly coverage: number;
}

/** Features of a set, and the squares of their lengths. */
interface Points {
  readonly features: Float32Array;
  readonly count: number;
  readonly squares: Float64Array;
}

/** The four scores of features `[n, size]` of real images and `[m, size]` of generated ones. */
export async function manifoldScores(real: Float32Array, fake: Float32Array, size: number, setting: ManifoldSetting): Promise<ManifoldScores> {
  const { neighbours, densityNeighbours, engine, advance = () => undefined, block = 1000 } = setting;
  // Distances do not change when all features move; short vectors lose fewer digits in single precision.
  const center = meanOf(real, size);
  const [a, b] = [pointsOf(real, size, center), pointsOf(fake, size, center)];
  const products = await InnerProducts.compile(engine, Math.min(block, Math.max(a.count, b.count)), size);
  try {
    const walk = (x: Points, y: Points, visit: Visit) => walkDistances(products, x, y, size, visit, advance);
    const [realRadii, wideRadii] = await radiiOf(a, [neighbours, densityNeighbours], walk);
    const [fakeRadii] = await radiiOf(b, [neighbours], walk);
    return await compare(a, b, { realRadii: realRadii as Float64Array, wideRadii: wideRadii as Float64Array, fakeRadii: fakeRadii as Float64Array, densityNeighbours }, walk);
  } finally {
    await products.dispose();
  }
}

/** Is told the square of the distance of every row to every column. */
type Visit = (row: number, column: number, square: number) => void;
type Walk = (x: Points, y: Points, visit: Visit) => Promise<void>;

async function walkDistances(products: InnerProducts, x: Points, y: Points, size: number, visit: Visit, advance: Advance): Promise<void> {
  const { rows: block } = products;
  const part = ({ features }: Points, start: number): Float32Array => features.subarray(start * size, (start + block) * size);
  for (let top = 0; top < x.count; top += block) {
    const rows = Math.min(block, x.count - top);
    for (let left = 0; left < y.count; left += block) {
      const found = await products.of(part(x, top), part(y, left));
      const columns = Math.min(block, y.count - left);
      for (let i = 0; i < rows; i += 1) {
        const length = x.squares[top + i] as number;
        for (let j = 0; j < columns; j += 1) visit(top + i, left + j, Math.max(0, length + (y.squares[left + j] as number) - 2 * (found[i * block + j] as number)));
      }
    }
    advance(rows);
  }
}

/** Squares of the distance of each point to its k-th neighbour, itself left out, for each k of `ranks`. */
async function radiiOf(points: Points, ranks: readonly number[], walk: Walk): Promise<readonly Float64Array[]> {
  const kept = Math.max(...ranks);
  const nearest = new Float64Array(points.count * kept).fill(Infinity);
  await walk(points, points, (row, column, square) => {
    if (row === column) return;
    let place = (row + 1) * kept - 1;
    if (square >= (nearest[place] as number)) return;
    for (; place > row * kept && (nearest[place - 1] as number) > square; place -= 1) nearest[place] = nearest[place - 1] as number;
    nearest[place] = square;
  });
  return ranks.map((rank) => Float64Array.from({ length: points.count }, (_, i) => nearest[i * kept + rank - 1] as number));
}

interface Radii {
  readonly realRadii: Float64Array;
  readonly wideRadii: Float64Array;
  readonly fakeRadii: Float64Array;
  readonly densityNeighbours: number;
}

async function compare(real: Points, fake: Points, { realRadii, wideRadii, fakeRadii, densityNeighbours }: Radii, walk: Walk): Promise<ManifoldScores> {
  const [precise, recalled, covered] = [new Uint8Array(fake.count), new Uint8Array(real.count), new Uint8Array(real.count)];
  let crowded = 0;
  await walk(real, fake, (row, column, square) => {
    if (square <= (realRadii[row] as number)) precise[column] = 1;
    if (square <= (fakeRadii[column] as number)) recalled[row] = 1;
    if (square < (wideRadii[row] as number)) {
      crowded += 1;
      covered[row] = 1;
    }
  });
  return { precision: shareOf(precise), recall: shareOf(recalled), density: crowded / (densityNeighbours * fake.count), coverage: shareOf(covered) };
}

function shareOf(flags: Uint8Array): number {
  return flags.reduce((sum, flag) => sum + flag, 0) / flags.length;
}

function pointsOf(given: Float32Array, size: number, center: Float64Array): Points {
  const features = given.map((value, i) => value - (center[i % size] as number));
  const squares = new Float64Array(features.length / size);
  for (let i = 0; i < features.length; i += 1) squares[Math.floor(i / size)] = (squares[Math.floor(i / size)] as number) + (features[i] as number) ** 2;
  return { features, count: squares.length, squares };
}

function meanOf(features: Float32Array, size: number): Float64Array {
  const mean = new Float64Array(size);
  for (let i = 0; i < features.length; i += 1) mean[i % size] = (mean[i % size] as number) + (features[i] as number) / (features.length / size);
  return mean;
}
