// What moves or averages pixels, on images that lie in blocks; nothing comes back from any of these where the images lie otherwise, or the operator does not fit.
import type { Value } from "@idgan/core";
import { blocksDomain } from "./blocks.js";
import { four, range, type Form } from "./form.js";
import type { Lowerer } from "./lowerer.js";
import { attributesOf } from "./native-convolution.js";
import { isExact, paddingOf, type Window, type WindowAxis } from "./window.js";

/** The images' name in the model, where they lie in blocks. */
function inBlocks(lowerer: Lowerer, value: Value): string | undefined {
  return lowerer.form(value).order === "blocked" ? lowerer.blocked(value) : undefined;
}

function blockedForm(name: string, batch: number, height: number, width: number, channels: number): Form {
  return { name, shape: [batch, channels, height, width], order: "blocked" };
}

/** Each channel by itself, with weights `[channels, 1, height, width]` in blocks. */
function depthwise(lowerer: Lowerer, images: string, weights: string, window: Window, channels: number): string {
  return lowerer.emit("Conv", [images, weights], attributesOf(window, channels), blocksDomain);
}

/** Pixels of zeros around: a convolution by ones is the one way of padding that uses all threads. */
export function blockedPad(lowerer: Lowerer, x: Value, [vertical, horizontal]: readonly [pair: readonly [number, number], pair: readonly [number, number]]): Form | undefined {
  const images = inBlocks(lowerer, x);
  if (images === undefined || [...vertical, ...horizontal].some((count) => count < 0)) return undefined;
  const [batch, height, width, channels] = four(x.shape);
  if ([...vertical, ...horizontal].every((count) => count === 0)) return blockedForm(images, batch, height, width, channels);
  const ones = lowerer.builder.constant("float32", new Float32Array(channels).fill(1), [channels, 1, 1, 1]);
  const attributes = { kernel_shape: [1, 1], strides: [1, 1], dilations: [1, 1], pads: [vertical[0], horizontal[0], vertical[1], horizontal[1]], group: channels };
  const name = lowerer.once(`padded ${images} ${attributes.pads.join()}`, () => lowerer.emit("Conv", [images, ones], attributes, blocksDomain));
  return blockedForm(name, batch, height + vertical[0] + vertical[1], width + horizontal[0] + horizontal[1], channels);
}

/** A rectangle of every image. */
export function blockedSlice(lowerer: Lowerer, x: Value, begin: readonly number[], size: readonly number[]): Form | undefined {
  const images = inBlocks(lowerer, x);
  const [batch, height, width, channels] = four(x.shape);
  const [count, tall, wide, kept] = four(size);
  if (images === undefined || count !== batch || kept !== channels) return undefined;
  const { block } = lowerer.plan;
  const { builder } = lowerer;
  const [, top, left] = four(begin);
  const lines = lowerer.view(images, [batch * (channels / block), height, width * block]);
  const name = lowerer.emit("Slice", [lines, builder.int64([top, left * block]), builder.int64([top + tall, (left + wide) * block]), builder.int64([1, 2])]);
  return blockedForm(lowerer.view(name, [batch, channels, tall, wide]), batch, tall, wide, channels);
}

/** Averages over the pixels of each window that lie inside. */
export function blockedAverage(lowerer: Lowerer, x: Value, window: Window): Form | undefined {
  const images = inBlocks(lowerer, x);
  const { vertical, horizontal } = window;
  const [batch, , , channels] = four(x.shape);
  const padded = [vertical, horizontal].some((axis) => paddingOf(axis).some((pad) => pad >= axis.taps));
  if (images === undefined || padded || !isExact(window)) return undefined;
  const { group: _, ...attributes } = attributesOf(window, 1);
  return blockedForm(lowerer.emit("AveragePool", [images], { ...attributes, count_include_pad: 0 }, blocksDomain), batch, vertical.windows, horizontal.windows, channels);
}

/** Every pixel repeated. */
export function blockedRepeat(lowerer: Lowerer, x: Value, times: readonly [vertical: number, horizontal: number]): Form | undefined {
  const images = inBlocks(lowerer, x);
  if (images === undefined || !times.every((count) => Number.isInteger(count))) return undefined;
  const [batch, height, width, channels] = four(x.shape);
  return blockedForm(repeated(lowerer, images, times), batch, height * times[0], width * times[1], channels);
}

function repeated(lowerer: Lowerer, images: string, times: readonly [vertical: number, horizontal: number]): string {
  return lowerer.emit("Upsample", [images], { scales: [1, 1, ...times], mode: "nearest", coordinate_transformation_mode: "asymmetric" }, blocksDomain);
}

/** A depthwise convolution with filters `[height, width, channels, 1]`. */
export function blockedDepthwise(lowerer: Lowerer, x: Value, filter: Value, window: Window): Form | undefined {
  const images = inBlocks(lowerer, x);
  const [batch, , , channels] = four(x.shape);
  if (images === undefined || filter.shape[3] !== 1 || !isExact(window)) return undefined;
  const name = depthwise(lowerer, images, depthwiseWeights(lowerer, filter, false), window, channels);
  return blockedForm(name, batch, window.vertical.windows, window.horizontal.windows, channels);
}

/** The gradient of its input: the other gradient with zeros between its pixels, by the filter turned round. */
export function blockedDepthwiseToInput(lowerer: Lowerer, dy: Value, filter: Value, window: Window): Form | undefined {
  const images = inBlocks(lowerer, dy);
  const axes = { vertical: turned(window.vertical), horizontal: turned(window.horizontal) };
  const [batch, height, width, channels] = four(dy.shape);
  if (images === undefined || filter.shape[3] !== 1 || axes.vertical === undefined || axes.horizontal === undefined) return undefined;
  const back: Window = { vertical: axes.vertical, horizontal: axes.horizontal };
  if (!isExact(back)) return undefined;
  const steps = [window.vertical.stride, window.horizontal.stride] as const;
  const spread = steps[0] * steps[1] === 1 ? images : apart(lowerer, images, [batch, height, width, channels], steps);
  const name = depthwise(lowerer, spread, depthwiseWeights(lowerer, filter, true), back, channels);
  return blockedForm(name, batch, back.vertical.windows, back.horizontal.windows, channels);
}

/** The axis as its gradient goes over it, each place followed by `stride - 1` of zeros. */
function turned({ length, taps, stride, dilation, before, windows }: WindowAxis): WindowAxis | undefined {
  const spread = windows * stride;
  const reach = (taps - 1) * dilation;
  // Zeros that reach beyond the axis would have to be cut off again.
  return length + before < spread || before > reach ? undefined : { length: spread, taps, stride: 1, dilation, before: reach - before, windows: length };
}

/** Images with zeros between their pixels. */
function apart(lowerer: Lowerer, images: string, [batch, height, width, channels]: readonly [number, number, number, number], steps: readonly [number, number]): string {
  const { block } = lowerer.plan;
  const [tall, wide] = [height * steps[0], width * steps[1]];
  const kept = new Float32Array(tall * wide * block);
  for (const y of range(height)) for (const x of range(width)) kept.fill(1, (y * steps[0] * wide + x * steps[1]) * block, (y * steps[0] * wide + x * steps[1] + 1) * block);
  const large = lowerer.view(repeated(lowerer, images, steps), [batch * (channels / block), tall * wide * block]);
  return lowerer.view(lowerer.emit("Mul", [large, lowerer.builder.constant("float32", kept)]), [batch, channels, tall, wide]);
}

function depthwiseWeights(lowerer: Lowerer, filter: Value, back: boolean): string {
  const [height, width, channels] = four(filter.shape);
  const { block } = lowerer.plan;
  const taps = height * width;
  const list = lowerer.shaped(filter, [taps, channels]);
  const order = back ? lowerer.emit("Gather", [list, lowerer.builder.int32(range(taps).toReversed())], { axis: 0 }) : list;
  return lowerer.view(lowerer.transpose(lowerer.view(order, [taps, channels / block, block]), [1, 0, 2]), [channels, 1, height, width]);
}
