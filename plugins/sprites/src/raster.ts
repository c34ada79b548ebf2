import type { Outline } from "./outline.js";

/** More than any line can cross an outline. */
const crossingsPerRow = 16;
/** Rows sampled in one pixel for its coverage; along a row the coverage is exact. */
const rowsForCoverage = 8;

/** Fills polygons by scan lines: 1 where a pixel's centre lies inside, or the covered part of each pixel with `antialias`. */
export class Raster {
  readonly #size: number;
  readonly #rowsPerPixel: number;
  readonly #weight: number;
  readonly #crossings: Float64Array;
  readonly #counts: Uint8Array;

  constructor(size: number, antialias: boolean) {
    this.#size = size;
    this.#rowsPerPixel = antialias ? rowsForCoverage : 1;
    this.#weight = 1 / this.#rowsPerPixel;
    this.#crossings = new Float64Array(size * this.#rowsPerPixel * crossingsPerRow);
    this.#counts = new Uint8Array(size * this.#rowsPerPixel);
  }

  /** Draws `outline`, in pixels and wholly inside the frame once its origin is at (`x`, `y`), into the zeroed frame at `offset` of `target`. */
  fill(outline: Outline, x: number, y: number, target: Float32Array, offset: number): void {
    let first = this.#counts.length;
    let last = -1;
    let x0 = x + (outline.at(-2) as number);
    let y0 = y + (outline.at(-1) as number);
    for (let i = 0; i < outline.length; i += 2) {
      const x1 = x + (outline[i] as number);
      const y1 = y + (outline[i + 1] as number);
      const low = this.#rowFrom(Math.min(y0, y1));
      const end = this.#rowFrom(Math.max(y0, y1));
      if (low < end) {
        const slope = (x1 - x0) / (y1 - y0);
        for (let row = low; row < end; row += 1) {
          this.#cross(row, x0 + ((row + 0.5) * this.#weight - y0) * slope);
        }
        first = Math.min(first, low);
        last = Math.max(last, end - 1);
      }
      x0 = x1;
      y0 = y1;
    }
    for (let row = first; row <= last; row += 1) {
      this.#fillRow(row, target, offset);
      this.#counts[row] = 0;
    }
  }

  /** First row sampled at or below `y`. */
  #rowFrom(y: number): number {
    return Math.ceil(y * this.#rowsPerPixel - 0.5);
  }

  /** Notes, in order, that the outline crosses `row` at `x`. */
  #cross(row: number, x: number): void {
    const base = row * crossingsPerRow;
    let at = base + (this.#counts[row] as number);
    while (at > base && (this.#crossings[at - 1] as number) > x) {
      this.#crossings[at] = this.#crossings[at - 1] as number;
      at -= 1;
    }
    this.#crossings[at] = x;
    this.#counts[row] = (this.#counts[row] as number) + 1;
  }

  #fillRow(row: number, target: Float32Array, offset: number): void {
    const start = offset + Math.floor(row * this.#weight) * this.#size;
    const base = row * crossingsPerRow;
    for (let pair = 0; pair < (this.#counts[row] as number); pair += 2) {
      const from = this.#crossings[base + pair] as number;
      const to = this.#crossings[base + pair + 1] as number;
      if (this.#rowsPerPixel === 1) {
        target.fill(1, start + Math.ceil(from - 0.5), start + Math.ceil(to - 0.5));
      } else {
        this.#cover(target, start, from, to);
      }
    }
  }

  #cover(target: Float32Array, start: number, from: number, to: number): void {
    for (let column = Math.floor(from); column < to; column += 1) {
      const covered = Math.min(to, column + 1) - Math.max(from, column);
      target[start + column] = (target[start + column] as number) + covered * this.#weight;
    }
  }
}
