import { range } from "./form.js";
import { rows, type Lowerer } from "./lowerer.js";
import { isPointwise, isWhole, paddingOf, type Window, type WindowAxis } from "./window.js";

/** An image batch as a name in the model. */
export interface Images {
  /** `[batch, height, width, channels]` */
  readonly name: string;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export function windowCount({ vertical, horizontal }: Window): number {
  return vertical.windows * horizontal.windows;
}

export function tapCount({ vertical, horizontal }: Window): number {
  return vertical.taps * horizontal.taps;
}

/** Whether patches are the images under another shape. */
export function isFree(window: Window): boolean {
  return isWhole(window) || isPointwise(window);
}

/** Bytes of the patches of one image. */
export function patchBytes(window: Window, channels: number): number {
  return 4 * windowCount(window) * tapCount(window) * channels;
}

/** A part of the batch, `from` included and `to` not. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

export interface PatchOptions {
  /** What stands outside of the images; 0 unless given. */
  readonly fill?: number;
  /** All of the batch unless given. */
  readonly part?: Part;
}

/** What each window sees, `[batch * windows, taps * channels]` (im2col), by one Gather of runs of neighbouring pixels. */
export function gatherPatches(lowerer: Lowerer, images: Images, window: Window, { fill = 0, part }: PatchOptions = {}): string {
  const { batch, height, width, channels } = images;
  const { from, to } = part ?? { from: 0, to: batch };
  const count = to - from;
  const shape = [count * windowCount(window), tapCount(window) * channels];
  if (isFree(window)) {
    const all = lowerer.reshape(rows(images.name, [batch, height, width, channels]), [batch * windowCount(window), shape[1] ?? 1]);
    return sliceRows(lowerer, all, batch * windowCount(window), from * windowCount(window), to * windowCount(window));
  }
  const gather = (): string => {
    const padded = pad(lowerer, images, window, fill);
    const run = runLength(window.horizontal, padded.width);
    const cells = (padded.height * padded.width) / run;
    const places = placesOf(lowerer, window, padded, run);
    const length = windowCount(window) * (tapCount(window) / run);
    const whole = lowerer.reshape(rows(padded.name, [batch, padded.height, padded.width, channels]), [batch, cells, run * channels]);
    // A part is copied first, so that all parts share one list of places, which would be longer than the images themselves.
    const name = sliceRows(lowerer, whole, batch, from, to);
    return lowerer.reshape(rows(lowerer.emit("Gather", [name, places], { axis: 1 }), [count, length, run * channels]), shape);
  };
  if (batch * patchBytes(window, channels) > lowerer.plan.patchesKept) return gather();
  return lowerer.once(`patches ${images.name} ${JSON.stringify(window)} ${fill} ${from} ${to}`, gather);
}

interface Padded extends Images {
  /** Where place 0 of the unpadded axes lies. */
  readonly top: number;
  readonly left: number;
}

function pad(lowerer: Lowerer, images: Images, window: Window, fill: number): Padded {
  const [top, bottom] = paddingOf(window.vertical);
  const [left, atLeast] = paddingOf(window.horizontal);
  const { name, batch, height, width, channels } = images;
  if (top + bottom + left + atLeast === 0) return { ...images, top, left };
  // Since it is copied anyway, the width is made a multiple of the longest run.
  const best = longestRun(window.horizontal);
  const right = atLeast + ((best - ((left + width + atLeast) % best)) % best);
  const { builder } = lowerer;
  const counts = builder.int64([0, top, left * channels, 0, bottom, right * channels]);
  const flat = lowerer.reshape(rows(name, [batch, height, width, channels]), [batch, height, width * channels]);
  const padded = lowerer.once(`pad ${flat} ${counts} ${fill}`, () => lowerer.emit("Pad", [flat, counts, ...(fill === 0 ? [] : [builder.scalar(fill)])]));
  const shape = [batch, top + height + bottom, left + width + right];
  const whole = lowerer.reshape(rows(padded, [batch, shape[1] ?? 1, (shape[2] ?? 1) * channels]), [...shape, channels]);
  return { name: whole, batch, height: top + height + bottom, width: left + width + right, channels, top, left };
}

/** The most pixels of a row of taps that can be taken at once, at every window. */
function longestRun({ taps, stride, dilation, windows, before }: WindowAxis): number {
  if (dilation !== 1 || before < 0) return 1;
  return windows === 1 ? taps : greatestCommonDivisor(taps, stride);
}

function runLength(axis: WindowAxis, width: number): number {
  const run = longestRun(axis);
  return width % run === 0 ? run : 1;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Where each run of each window lies in an image: one constant for all that see images of this size so. */
function placesOf(lowerer: Lowerer, window: Window, padded: Padded, run: number): string {
  const { height, width, top, left } = padded;
  return lowerer.once(`places ${JSON.stringify([window, height, width, top, left, run])}`, () => lowerer.builder.int32(sources(window, padded, run)));
}

function sources({ vertical, horizontal }: Window, padded: Padded, run: number): number[] {
  const place = (axis: WindowAxis, front: number, window: number, tap: number): number => window * axis.stride + tap * axis.dilation - axis.before + front;
  const indices: number[] = [];
  for (let i = 0; i < vertical.windows; i++) {
    for (let j = 0; j < horizontal.windows; j++) {
      for (let a = 0; a < vertical.taps; a++) {
        const row = place(vertical, padded.top, i, a) * padded.width;
        for (let b = 0; b < horizontal.taps; b += run) indices.push((row + place(horizontal, padded.left, j, b)) / run);
      }
    }
  }
  return indices;
}

/**
 * The transpose of `gatherPatches`: `[batch * windows, taps * channels]` summed where windows overlap, `[batch, height * width, channels]`.
 */
export function scatterPatches(lowerer: Lowerer, patches: string, window: Window, batch: number, channels: number): string {
  const { vertical, horizontal } = window;
  const [height, width] = [vertical.length, horizontal.length];
  const shape = [batch * windowCount(window), tapCount(window) * channels];
  if (isFree(window)) return lowerer.reshape(rows(patches, shape), [batch, height * width, channels]);
  const [above, beside] = [overlaps(vertical), overlaps(horizontal)];
  const layers = Math.max(...above.map((list) => list.length)) * Math.max(...beside.map((list) => list.length));
  const count = windowCount(window) * tapCount(window);
  const indices = new Int32Array(layers * height * width).fill(count);
  let empty = false;
  for (const [y, vertically] of above.entries()) {
    for (const [x, horizontally] of beside.entries()) {
      const found = vertically.flatMap(([i, a]) => horizontally.map(([j, b]) => ((i * horizontal.windows + j) * vertical.taps + a) * horizontal.taps + b));
      empty ||= found.length < layers;
      for (const [layer, index] of found.entries()) indices[(layer * height + y) * width + x] = index;
    }
  }
  const { builder } = lowerer;
  const list = lowerer.reshape(rows(patches, shape), [batch, count, channels]);
  const nothing = (): string => builder.constant("float32", new Float32Array(batch * channels), [batch, 1, channels]);
  const source = empty ? lowerer.emit("Concat", [list, nothing()], { axis: 1 }) : list;
  const gathered = lowerer.emit("Gather", [source, builder.int32(indices)], { axis: 1 });
  if (layers === 1) return gathered;
  const stacked = lowerer.reshape(rows(gathered, [batch, layers * height * width, channels]), [batch, layers, height * width * channels]);
  const sum = lowerer.emit("ReduceSum", [stacked, builder.int64([1])], { keepdims: 0 });
  return lowerer.reshape(rows(sum, [batch, height * width * channels]), [batch, height * width, channels]);
}

/** For each place of an axis, the windows and taps that read it. */
function overlaps(axis: WindowAxis): readonly (readonly (readonly [window: number, tap: number])[])[] {
  const found: (readonly [number, number])[][] = range(axis.length).map(() => []);
  for (const window of range(axis.windows)) {
    for (const tap of range(axis.taps)) found[window * axis.stride + tap * axis.dilation - axis.before]?.push([window, tap]);
  }
  return found;
}

/** Parts of the batch whose patches are made at once. */
export function batchParts(lowerer: Lowerer, batch: number, bytesPerImage: number): readonly Part[] {
  const parts = Math.max(1, Math.min(batch, Math.ceil((batch * bytesPerImage) / lowerer.plan.patchesAtOnce)));
  return range(parts).map((i) => ({ from: Math.floor((batch * i) / parts), to: Math.floor((batch * (i + 1)) / parts) }));
}

/** Some rows of a matrix: contiguous, so a plain copy. */
export function sliceRows(lowerer: Lowerer, name: string, length: number, from: number, to: number): string {
  if (from === 0 && to === length) return name;
  const { builder } = lowerer;
  return lowerer.once(`slice ${name} ${from} ${to}`, () => lowerer.emit("Slice", [name, builder.int64([from]), builder.int64([to]), builder.int64([0])]));
}

export function imagesOf(name: string, shape: readonly number[]): Images {
  const [batch = 1, height = 1, width = 1, channels = 1] = shape;
  return { name, batch, height, width, channels };
}
