import type { Value } from "@idgan/core";
import { blocksDomain, fromBlocks, toBlocks, wholeBlocks, widened } from "./blocks.js";
import { blockedPad } from "./blocked-images.js";
import { four, range, sizeOf, type Form } from "./form.js";
import { rows, type Lowerer } from "./lowerer.js";
import { isPointwise, isWhole, type Window, type WindowAxis } from "./window.js";

/** What the images are padded by, in pixels; less than nothing where windows leave some out. */
interface Padding {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** The images as convolutions read them: `[sheets, images, height, width * channels / sheets]`. */
interface Sheets {
  readonly name: string;
  readonly count: number;
}

/**
 * The gradient of a filter `[height, width, channels, outChannels]` as one convolution: the images of the batch are what is summed over, so they are the
 * channels that it reads; `dy` is its filter, with the stride between its taps; a row of an image, pixels and channels together, is a row of what it reads.
 * Nothing is gathered. Nothing comes back where the windows do not fit.
 */
export function blockedFilterGradient(lowerer: Lowerer, x: Value, dy: Value, window: Window): Form | undefined {
  const { vertical, horizontal } = window;
  const { block } = lowerer.plan;
  const isProduct = isWhole(window) || (isPointwise(window) && [x, dy].some((value) => lowerer.form(value).order !== "blocked"));
  if (block === 0 || isProduct || vertical.dilation !== 1 || horizontal.dilation !== 1) return undefined;
  const [batch, , , channels] = four(x.shape);
  const columns = dy.shape[3] ?? 1;
  const outChannels = wholeBlocks(lowerer, columns);
  // The convolution reads fewer images than a block, or whole blocks of them.
  const images = batch < block ? batch : Math.ceil(batch / block) * block;
  const groups = groupsOf(images, block, [vertical.taps, horizontal.taps, channels, outChannels], sizeOf(x.shape));
  const sheets = images === batch ? (blockedSheets(lowerer, x, window) ?? oneSheet(lowerer, x, window, images)) : oneSheet(lowerer, x, window, images);
  const across = channels / sheets.count;
  const size = [vertical.taps, horizontal.taps * across];
  const result = lowerer.emit("Conv", [sheets.name, filters(lowerer, dy, images, groups)], {
    kernel_shape: [vertical.windows, horizontal.windows], strides: [1, 1], dilations: [vertical.stride, horizontal.stride * across], pads: [0, 0, 0, 0], group: groups,
  }, blocksDomain);
  const parts = lowerer.view(result, [sheets.count, groups, sizeOf([outChannels, ...size])]);
  const sum = groups === 1 ? result : lowerer.emit("ReduceSum", [parts, lowerer.builder.int64([1])], { keepdims: 0 });
  const shape = [sheets.count, ...size, columns];
  const lines = fromBlocks(lowerer, lowerer.view(sum, [sheets.count, outChannels, ...size]), shape);
  if (sheets.count === 1) return rows(lines, shape);
  const taps = vertical.taps * horizontal.taps;
  const turned = lowerer.transpose(lowerer.view(lines, [sheets.count, taps, across * columns]), [1, 0, 2]);
  return rows(turned, [taps, sheets.count, across * columns]);
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

/** All that the windows reach. */
function paddingOf({ vertical, horizontal }: Window): Padding {
  const after = ({ length, taps, stride, windows, before }: WindowAxis): number => (windows - 1) * stride + taps - before - length;
  return { top: vertical.before, bottom: after(vertical), left: horizontal.before, right: after(horizontal) };
}

/** Rows, padded, as one sheet; `images` of them, with empty ones at the end. */
function oneSheet(lowerer: Lowerer, x: Value, window: Window, images: number): Sheets {
  const [batch, height, width, channels] = four(x.shape);
  const { top, bottom, left, right } = paddingOf(window);
  const flat = lowerer.shaped(x, [batch, height, width * channels]);
  const counts = [0, top, left * channels, images - batch, bottom, right * channels];
  const padded = counts.every((count) => count === 0) ? flat
    : lowerer.once(`padded ${flat} ${counts.join()}`, () => lowerer.emit("Pad", [flat, lowerer.builder.int64(counts)]));
  return { name: lowerer.view(padded, [1, images, height + top + bottom, (width + left + right) * channels]), count: 1 };
}

/** Images that lie in blocks, padded, one sheet for each block of channels: it costs half of what leaving the blocks does. */
function blockedSheets(lowerer: Lowerer, x: Value, window: Window): Sheets | undefined {
  const { block } = lowerer.plan;
  const [batch, height, width, channels] = four(x.shape);
  const { top, bottom, left, right } = paddingOf(window);
  const form = channels === block ? undefined : blockedPad(lowerer, x, [[top, bottom], [left, right]]);
  if (form === undefined) return undefined;
  const [tall, wide, count] = [height + top + bottom, (width + left + right) * block, channels / block];
  return { name: lowerer.view(lowerer.transpose(lowerer.view(form.name, [batch, count, tall * wide]), [1, 0, 2]), [count, batch, tall, wide]), count };
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
  const lines = lowerer.view(columns === outChannels ? lowerer.blocked(dy) : wide(), [batch, outChannels / block, places * block]);
  const { builder } = lowerer;
  const all = images === batch ? lines : lowerer.once(`padded ${lines}`, () => lowerer.emit("Pad", [lines, builder.int64([0, 0, 0, images - batch, 0, 0])]));
  const shape = [groups * outChannels, images / groups, height, width];
  // With one image to a group, or one block in all, the order stays.
  if (images === groups || outChannels === block) return lowerer.view(all, shape);
  return lowerer.view(lowerer.transpose(lowerer.view(all, [groups, images / groups, outChannels / block, places * block]), [0, 2, 1, 3]), shape);
}
