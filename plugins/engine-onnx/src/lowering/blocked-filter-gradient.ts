import type { Value } from "@idgan/core";
import { blocksDomain, fromBlocks, toBlocks, wholeBlocks, widened } from "./blocks.js";
import { four, range, sizeOf, type Form } from "./form.js";
import { rows, type Lowerer } from "./lowerer.js";
import { isFree } from "./patches.js";
import type { Window, WindowAxis } from "./window.js";

/**
 * The gradient of a filter `[height, width, channels, outChannels]` as one convolution: the images of the batch are what is summed over, so they are the
 * channels that it reads; `dy` is its filter, with the stride between its taps; a row of an image, pixels and channels together, is a row of what it reads.
 * Nothing is gathered. Nothing comes back where the windows do not fit.
 */
export function blockedFilterGradient(lowerer: Lowerer, x: Value, dy: Value, window: Window): Form | undefined {
  const { vertical, horizontal } = window;
  const { block } = lowerer.plan;
  if (block === 0 || isFree(window) || vertical.dilation !== 1 || horizontal.dilation !== 1) return undefined;
  const [batch, , , channels] = four(x.shape);
  const columns = dy.shape[3] ?? 1;
  const outChannels = wholeBlocks(lowerer, columns);
  // The convolution reads fewer images than a block, or whole blocks of them.
  const images = batch < block ? batch : Math.ceil(batch / block) * block;
  const groups = groupsOf(images, block, [vertical.taps, horizontal.taps, channels, outChannels], sizeOf(x.shape));
  const size = [vertical.taps, horizontal.taps * channels];
  const result = lowerer.emit("Conv", [padded(lowerer, x, window, images), filters(lowerer, dy, images, groups)], {
    kernel_shape: [vertical.windows, horizontal.windows], strides: [1, 1], dilations: [vertical.stride, horizontal.stride * channels], pads: [0, 0, 0, 0], group: groups,
  }, blocksDomain);
  const sum = groups === 1 ? result : lowerer.emit("ReduceSum", [lowerer.view(result, [groups, sizeOf([outChannels, ...size])]), lowerer.builder.int64([0])], { keepdims: 0 });
  const planes = lowerer.view(sum, [1, outChannels, ...size]);
  return rows(fromBlocks(lowerer, planes, [1, ...size, columns]), [1, ...size, columns]);
}

/** What keeps a dozen threads busy. */
const enoughParts = 64;
/** Filters of so many blocks are applied at once. */
const blocksAtOnce = 4;

/** In how many groups the images are summed: fewer than a block in each, and more for more threads where a filter is small. */
function groupsOf(images: number, block: number, filter: readonly [number, number, number, number], read: number): number {
  const [height, , , outChannels] = filter;
  const divisors = range(images).map((i) => i + 1).filter((count) => images % count === 0 && images / count < block);
  const parts = (groups: number): number => groups * height * Math.ceil(outChannels / (block * blocksAtOnce));
  const affordable = divisors.filter((groups, i) => i === 0 || groups * sizeOf(filter) <= read);
  return affordable.find((groups) => parts(groups) >= enoughParts) ?? affordable.at(-1) ?? images;
}

/** The images with all that the windows reach, as the channels of one: `[1, images, height, width * channels]`. */
function padded(lowerer: Lowerer, x: Value, { vertical, horizontal }: Window, images: number): string {
  const [batch, height, width, channels] = four(x.shape);
  const after = ({ length, taps, stride, windows, before }: WindowAxis): number => (windows - 1) * stride + taps - before - length;
  const [bottom, right] = [after(vertical), after(horizontal)];
  const shape = [1, images, height + vertical.before + bottom, (width + horizontal.before + right) * channels];
  const flat = lowerer.shaped(x, [batch, height, width * channels]);
  const counts = [0, vertical.before, horizontal.before * channels, images - batch, bottom, right * channels];
  if (counts.every((count) => count === 0)) return lowerer.view(flat, shape);
  const name = lowerer.once(`padded ${flat} ${counts.join()}`, () => lowerer.emit("Pad", [flat, lowerer.builder.int64(counts)]));
  return lowerer.view(name, shape);
}

/** The gradient as filters, group by group: `[groups * outChannels, images / groups, height, width]` in blocks. */
function filters(lowerer: Lowerer, dy: Value, images: number, groups: number): string {
  const { block } = lowerer.plan;
  const [batch, height, width, columns] = four(dy.shape);
  const outChannels = wholeBlocks(lowerer, columns);
  const places = height * width;
  const wide = (): string => {
    const shape = [batch, height, width, outChannels];
    return toBlocks(lowerer, lowerer.view(widened(lowerer, lowerer.shaped(dy, [batch * places, columns]), batch * places, columns), shape), shape);
  };
  const blocks = columns === outChannels ? lowerer.blocked(dy) : wide();
  const lines = lowerer.view(blocks, [batch, outChannels / block, places * block]);
  const { builder } = lowerer;
  const all = images === batch ? lines : lowerer.once(`padded ${lines}`, () => lowerer.emit("Pad", [lines, builder.int64([0, 0, 0, images - batch, 0, 0])]));
  const shape = [groups * outChannels, images / groups, height, width];
  if (images === groups || outChannels === block) {
    // One image, or one block: the order stays.
    return lowerer.view(all, shape);
  }
  const split = lowerer.view(all, [groups, images / groups, outChannels / block, places * block]);
  return lowerer.view(lowerer.transpose(split, [0, 2, 1, 3]), shape);
}
