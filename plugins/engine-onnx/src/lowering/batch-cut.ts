import { range, sizeOf } from "./form.js";
import type { Window } from "./window.js";

/** How the sum over a batch is cut. */
export interface Cut {
  /** Every image is as many, of fewer rows of windows each. */
  readonly strips: number;
  /** All strips of all images, and empty ones where the convolution could not read so many: fewer than a block, or whole blocks of them. */
  readonly images: number;
  /** Summed apart, each of fewer images than a block. */
  readonly groups: number;
}

/** What keeps a dozen threads busy. */
const enoughParts = 64;
/** Filters of so many blocks are applied at once. */
const blocksAtOnce = 4;
/** So many windows of a strip keep what is applied at once near the processor: 64 KiB of a block of 16. */
const stripWindows = 256;

/** The cut for a filter `[height, width, channels, outChannels]`, of images that hold `read` numbers together. It follows from shapes alone. */
export function cutOf(block: number, batch: number, { vertical, horizontal }: Window, filter: readonly [number, number, number, number], read: number): Cut {
  const fits = (count: number): boolean => count < block || count % block === 0;
  const strips = divisorsOf(vertical.windows).find((count) => (vertical.windows / count) * horizontal.windows <= stripWindows) ?? vertical.windows;
  if (strips > 1 && fits(batch * strips)) {
    const each = divisorsOf(strips).findLast((count) => count < block) ?? 1;
    return { strips, images: batch * strips, groups: (batch * strips) / each };
  }
  const images = fits(batch) ? batch : Math.ceil(batch / block) * block;
  return { strips: 1, images, groups: groupsOf(images, block, filter, read) };
}

function divisorsOf(number: number): number[] {
  return range(number).map((i) => i + 1).filter((count) => number % count === 0);
}

/** Groups of fewer images than a block, and more of them for more threads where a filter is small. */
function groupsOf(images: number, block: number, filter: readonly [number, number, number, number], read: number): number {
  const [height, , , outChannels] = filter;
  const parts = (groups: number): number => groups * height * Math.ceil(outChannels / (block * blocksAtOnce));
  const affordable = divisorsOf(images).filter((count) => images / count < block).filter((groups, i) => i === 0 || groups * sizeOf(filter) <= read);
  return affordable.find((groups) => parts(groups) >= enoughParts) ?? affordable.at(-1) ?? images;
}
