import type { Value } from "@idgan/core";
import { cutOf, type Cut } from "./batch-cut.js";
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
  // Of a block that is mostly empty, patches make less work.
  if (2 * columns < outChannels) return undefined;
  const cut = cutOf(block, batch, window, [vertical.taps, horizontal.taps, channels, outChannels], sizeOf(x.shape));
  const sheets = (cut.images === batch * cut.strips ? blockedSheets(lowerer, x, window, cut) : undefined) ?? oneSheet(lowerer, x, window, cut);
  const across = channels / sheets.count;
  const size = [vertical.taps, horizontal.taps * across];
  const { groups } = cut;
  const result = lowerer.emit("Conv", [sheets.name, filters(lowerer, dy, cut)], {
    kernel_shape: [vertical.windows / cut.strips, horizontal.windows], strides: [1, 1], dilations: [vertical.stride, horizontal.stride * across], pads: [0, 0, 0, 0], group: groups,
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

/** Which rows of an image each strip reads, strip by strip. */
function rowsOf({ vertical: { windows, stride, taps } }: Window, strips: number): number[] {
  const each = windows / strips;
  return range(strips).flatMap((strip) => range((each - 1) * stride + taps).map((row) => strip * each * stride + row));
}

/** All that the windows reach. */
function paddingOf({ vertical, horizontal }: Window): Padding {
  const after = ({ length, taps, stride, windows, before }: WindowAxis): number => (windows - 1) * stride + taps - before - length;
  return { top: vertical.before, bottom: after(vertical), left: horizontal.before, right: after(horizontal) };
}

/** Rows, padded, as one sheet, with empty images at the end. */
function oneSheet(lowerer: Lowerer, x: Value, window: Window, { strips, images }: Cut): Sheets {
  const { builder } = lowerer;
  const [batch, height, width, channels] = four(x.shape);
  const { top, bottom, left, right } = paddingOf(window);
  const flat = lowerer.shaped(x, [batch, height, width * channels]);
  const counts = [0, top, left * channels, strips === 1 ? images - batch : 0, bottom, right * channels];
  const padded = counts.every((count) => count === 0) ? flat : lowerer.once(`padded ${flat} ${counts.join()}`, () => lowerer.emit("Pad", [flat, builder.int64(counts)]));
  const wide = (width + left + right) * channels;
  if (strips === 1) return { name: lowerer.view(padded, [1, images, height + top + bottom, wide]), count: 1 };
  const order = rowsOf(window, strips);
  return { name: lowerer.view(lowerer.emit("Gather", [padded, builder.int32(order)], { axis: 1 }), [1, images, order.length / strips, wide]), count: 1 };
}

/** Images that lie in blocks, padded, one sheet for each block of channels: it costs half of what leaving the blocks does. */
function blockedSheets(lowerer: Lowerer, x: Value, window: Window, { strips, images }: Cut): Sheets | undefined {
  const { block } = lowerer.plan;
  const [batch, height, width, channels] = four(x.shape);
  const { top, bottom, left, right } = paddingOf(window);
  const form = channels === block ? undefined : blockedPad(lowerer, x, [[top, bottom], [left, right]]);
  if (form === undefined) return undefined;
  const [tall, wide, count] = [height + top + bottom, (width + left + right) * block, channels / block];
  if (strips === 1) {
    const places = range(count).flatMap((sheet) => range(batch).map((image) => image * count + sheet));
    return { name: lowerer.view(inOrder(lowerer, form.name, tall * wide, places), [count, batch, tall, wide]), count };
  }
  const order = rowsOf(window, strips);
  const places = range(count).flatMap((sheet) => range(batch).flatMap((image) => order.map((row) => (image * count + sheet) * tall + row)));
  return { name: lowerer.view(inOrder(lowerer, form.name, wide, places), [count, images, order.length / strips, wide]), count };
}

/** The gradient as filters, group by group: `[groups * outChannels, images / groups, height / strips, width]` in blocks. */
function filters(lowerer: Lowerer, dy: Value, { strips, images, groups }: Cut): string {
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
  const missing = images / strips - batch;
  const all = missing === 0 ? lines : lowerer.once(`padded ${lines}`, () => lowerer.emit("Pad", [lines, builder.int64([0, 0, 0, missing, 0, 0])]));
  const each = images / groups;
  const shape = [groups * outChannels, each, height / strips, width];
  // With one group to an image, or one block in all, the order stays.
  if (each === strips || outChannels === block) return lowerer.view(all, shape);
  const blocks = outChannels / block;
  // Strips of one image that are several groups, or images that are one.
  const [outer, first, second, length] = strips > 1 ? [images / strips, blocks, strips / each, (places * block * each) / strips] : [groups, each, blocks, places * block];
  const order = range(outer).flatMap((i) => range(second).flatMap((k) => range(first).map((j) => (i * first + j) * second + k)));
  return lowerer.view(inOrder(lowerer, all, length, order), shape);
}

/** Pieces of `length` numbers in another order: a Gather, since ONNX Runtime's Transpose uses one thread. */
function inOrder(lowerer: Lowerer, name: string, length: number, order: readonly number[]): string {
  return lowerer.emit("Gather", [lowerer.view(name, [-1, length]), lowerer.builder.int32(order)], { axis: 0 });
}
