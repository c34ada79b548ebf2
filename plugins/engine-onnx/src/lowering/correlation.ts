import { range } from "./form.js";
import { rows, type Lowerer } from "./lowerer.js";
import { batchParts, gatherPatches, isFree, patchBytes, scatterPatches, sliceRows, tapCount, windowCount, type Images } from "./patches.js";
import { stacked } from "./product.js";
import type { Window } from "./window.js";

/** A sum over more rows than this is split, so that all threads share in it: a small product is otherwise one thread's. */
const longSum = 4096;

/** Images seen through windows, times one matrix `[taps * channels, columns]`: `[batch * windows, columns]`. */
export function correlate(lowerer: Lowerer, images: Images, window: Window, weights: string): string {
  const parts = batchParts(lowerer, images.batch, isFree(window) ? 0 : patchBytes(window, images.channels));
  return lowerer.assemble(stacked(lowerer, parts.map((part) => lowerer.emit("Gemm", [gatherPatches(lowerer, images, window, { part }), weights]))));
}

/**
 * The transpose of `correlate` for few channels: `gradient` `[batch * windows, rows]` times the transpose of
 * `weights` `[taps * channels, rows]`, and the overlapping patches summed: `[batch, height * width, channels]`.
 */
export function correlateTransposed(lowerer: Lowerer, gradient: string, batch: number, window: Window, weights: string, channels: number): string {
  const windows = windowCount(window);
  const parts = batchParts(lowerer, batch, isFree(window) ? 0 : patchBytes(window, channels));
  const images = parts.map(({ from, to }) => {
    const part = sliceRows(lowerer, gradient, batch * windows, from * windows, to * windows);
    const patches = lowerer.emit("Gemm", [part, weights], { transB: 1 });
    return scatterPatches(lowerer, patches, window, to - from, channels);
  });
  return images.length === 1 && images[0] !== undefined ? images[0] : lowerer.emit("Concat", images, { axis: 0 });
}

/** Patches times a gradient `[batch * windows, columns]`, summed over both: `[taps * channels, columns]`. */
export function correlateFilters(lowerer: Lowerer, images: Images, window: Window, gradient: string, columns: number): string {
  const windows = windowCount(window);
  const parts = batchParts(lowerer, images.batch, isFree(window) ? 0 : patchBytes(window, images.channels));
  const sums = parts.map(({ from, to }) => {
    const patches = gatherPatches(lowerer, images, window, { part: { from, to } });
    const factor = sliceRows(lowerer, gradient, images.batch * windows, from * windows, to * windows);
    return transposedProduct(lowerer, patches, factor, (to - from) * windows, tapCount(window) * images.channels, columns);
  });
  return sums.reduce((total, sum) => lowerer.emit("Add", [total, sum]));
}

/** `a` `[length, height]` transposed times `b` `[length, width]`. */
export function transposedProduct(lowerer: Lowerer, a: string, b: string, length: number, height: number, width: number): string {
  const most = Math.min(16, Math.floor((2 * length) / longSum));
  const parts = range(most).map((i) => most - i).find((count) => length % count === 0) ?? 1;
  if (length < longSum || parts === 1 || lowerer.plan.style === "native") return lowerer.emit("Gemm", [a, b], { transA: 1 });
  const left = lowerer.reshape(rows(a, [length, height]), [parts, length / parts, height]);
  const right = lowerer.reshape(rows(b, [length, width]), [parts, length / parts, width]);
  const partial = lowerer.emit("FusedMatMul", [left, right], { transA: 1 }, "com.microsoft");
  return lowerer.emit("ReduceSum", [partial, lowerer.builder.int64([0])], { keepdims: 0 });
}
