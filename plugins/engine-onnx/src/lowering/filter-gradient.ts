import { correlateFilters, transposedProduct } from "./correlation.js";
import { range, sizeOf } from "./form.js";
import { rows, type Lowerer } from "./lowerer.js";
import { batchParts, gatherPatches, isFree, patchBytes, tapCount, windowCount, type Images } from "./patches.js";
import { gradientWindow, phasesOf, type PhaseAxis, type Phases } from "./phases.js";
import type { Window, WindowAxis } from "./window.js";

/**
 * The gradient of a filter `[height, width, channels, outChannels]`: `[height * width * channels, outChannels]`, or the same elements under another shape.
 * Either the input's patches times `dy`, or, where those are many more numbers, the input by phases times `dy`'s patches, which its own gradient uses too.
 */
export function filterGradient(lowerer: Lowerer, x: Images, dy: Images, window: Window): { readonly name: string; readonly shape: readonly number[] } {
  const columns = dy.channels;
  const phases = phasesOf(window);
  const direct = x.batch * patchBytes(window, x.channels);
  const turned = x.batch * (patchBytes(cellsOf(phases), columns) + patchBytes(pixelsOf(phases), x.channels));
  if (!isFree(window) && direct > lowerer.plan.patchesTurned && turned < 0.7 * direct) return inTurn(lowerer, x, dy, window, phases);
  const gradient = lowerer.reshape(rows(dy.name, [dy.batch, dy.height, dy.width, columns]), [dy.batch * dy.height * dy.width, columns]);
  return { name: correlateFilters(lowerer, x, window, gradient, columns), shape: [tapCount(window) * x.channels, columns] };
}

/** The gradient's windows, one for each cell. */
function cellsOf({ vertical, horizontal }: Phases): Window {
  return { vertical: gradientWindow(vertical), horizontal: gradientWindow(horizontal) };
}

/** The input's pixels of each cell: windows that do not overlap. */
function pixelsOf({ vertical, horizontal }: Phases): Window {
  return { vertical: pixelAxis(vertical), horizontal: pixelAxis(horizontal) };
}

function pixelAxis({ axis, stride, firstCell, cells }: PhaseAxis): WindowAxis {
  if (stride === 1) return { length: axis.length, taps: 1, stride, dilation: 1, before: 0, windows: cells };
  return { length: axis.length, taps: stride, stride, dilation: 1, before: axis.before - firstCell * stride, windows: cells };
}

function inTurn(lowerer: Lowerer, x: Images, dy: Images, window: Window, phases: Phases): { readonly name: string; readonly shape: readonly number[] } {
  const [cells, pixels] = [cellsOf(phases), pixelsOf(phases)];
  const [taps, count] = [tapCount(cells), tapCount(pixels)];
  const parts = batchParts(lowerer, x.batch, Math.max(patchBytes(cells, dy.channels), patchBytes(pixels, x.channels)));
  const sums = parts.map((part) => {
    const places = gatherPatches(lowerer, x, pixels, { part });
    const patches = gatherPatches(lowerer, dy, cells, { part });
    return transposedProduct(lowerer, places, patches, (part.to - part.from) * windowCount(cells), count * x.channels, taps * dy.channels);
  });
  const sum = sums.reduce((total, part) => lowerer.emit("Add", [total, part]));
  const split = lowerer.reshape(rows(sum, [count * x.channels, taps * dy.channels]), [count, x.channels, taps, dy.channels]);
  const moved = lowerer.transpose(split, [2, 0, 1, 3]);
  const list = lowerer.reshape(rows(moved, [taps, count, x.channels, dy.channels]), [taps * count, sizeOf([x.channels, dy.channels])]);
  return { name: lowerer.emit("Gather", [list, lowerer.builder.int32(placesOf(window, phases))], { axis: 0 }), shape: [tapCount(window), x.channels * dy.channels] };
}

/** Where each tap of the filter lies among `[reversed t, phase]`. */
function placesOf(window: Window, { vertical, horizontal }: Phases): number[] {
  const find = ({ taps }: PhaseAxis, tap: number): readonly [t: number, phase: number] => {
    const t = taps.findIndex((phases) => phases.includes(tap));
    return [taps.length - 1 - t, taps[t]?.indexOf(tap) ?? 0];
  };
  return range(window.vertical.taps).flatMap((a) => range(window.horizontal.taps).map((b) => {
    const [[i, c], [j, d]] = [find(vertical, a), find(horizontal, b)];
    return ((i * horizontal.taps.length + j) * vertical.stride + c) * horizontal.stride + d;
  }));
}
