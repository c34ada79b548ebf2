// The transposed convolution in phases. Shi et al., "Real-time single image and video super-resolution using an efficient sub-pixel
// convolutional neural network", CVPR 2016, https://arxiv.org/abs/1609.05158.
import type { Value } from "@idgan/core";
import { correlate, correlateTransposed } from "./correlation.js";
import { four, range, type Form } from "./form.js";
import { rows, type Lowerer } from "./lowerer.js";
import { tapCount, windowCount, type Images } from "./patches.js";
import type { Window, WindowAxis } from "./window.js";

/**
 * One axis in phases: place `y` of the input is phase `(y + before) % stride` of cell `q = floor((y + before) / stride)`, and a sum over
 * `t` of window `q - t`, through tap `phase + stride * t`.
 */
export interface PhaseAxis {
  readonly axis: WindowAxis;
  readonly stride: number;
  readonly firstCell: number;
  readonly cells: number;
  /** Tap of the filter for each `t` and phase, `[t][phase]`; `undefined` beyond the filter. */
  readonly taps: readonly (readonly (number | undefined)[])[];
  /** From one `t` to the next, in windows. */
  readonly dilation: number;
  /** From one cell to the next, in windows. */
  readonly step: number;
}

export interface Phases {
  readonly vertical: PhaseAxis;
  readonly horizontal: PhaseAxis;
}

export function phasesOf({ vertical, horizontal }: Window): Phases {
  return { vertical: phaseAxis(vertical), horizontal: phaseAxis(horizontal) };
}

/** With stride and dilation together, a filter is seen as a larger one with holes. */
function phaseAxis(axis: WindowAxis): PhaseAxis {
  const { stride, before, length, dilation } = axis;
  if (stride === 1) return { axis, stride, firstCell: before, cells: length, taps: range(axis.taps).map((tap) => [tap]), dilation, step: 1 };
  const extent = (axis.taps - 1) * dilation + 1;
  const firstCell = Math.floor(before / stride);
  const tapAt = (place: number): number | undefined => (place < extent && place % dilation === 0 ? place / dilation : undefined);
  return {
    axis,
    stride,
    firstCell,
    cells: Math.floor((length - 1 + before) / stride) - firstCell + 1,
    taps: range(Math.ceil(extent / stride)).map((t) => range(stride).map((phase) => tapAt(phase + stride * t))),
    dilation: 1,
    step: 1,
  };
}

/** The axis in cells of `factor` times as many pixels: the phases of one are those of as many cells, and it reads as many windows as they did together. */
export function inLargerCells({ axis, stride, taps, dilation, step }: PhaseAxis, factor: number): PhaseAxis {
  const pixels = stride * factor;
  const firstCell = Math.floor(axis.before / pixels);
  return {
    axis,
    stride: pixels,
    firstCell,
    cells: Math.floor((axis.length - 1 + axis.before) / pixels) - firstCell + 1,
    taps: range(taps.length + factor - 1).map((t) => range(pixels).map((place) => taps[t + 1 - factor + Math.floor(place / stride)]?.[place % stride])),
    dilation,
    step: step * factor,
  };
}

/** The gradient's windows, one for each cell; their taps run against `t`. */
export function gradientWindow({ axis, firstCell, cells, taps, dilation, step }: PhaseAxis): WindowAxis {
  return { length: axis.windows, taps: taps.length, stride: step, dilation, before: (taps.length - step) * dilation - firstCell * step, windows: cells };
}

/** Cells as a forward convolution would see them: window `o` reaches cells `o + t`. */
function cellWindow({ axis, firstCell, cells, taps, dilation }: PhaseAxis): WindowAxis {
  return { length: cells, taps: taps.length, stride: 1, dilation, before: firstCell, windows: axis.windows };
}

/**
 * `dy` back through a filter `[height, width, channels, outChannels]`, as `[batch, height * width, channels]` of the input: all phases of a cell at once,
 * from the windows around it, or, where there are fewer channels to move that way, from products that are summed around it.
 */
export function inPhases(lowerer: Lowerer, dy: Images, filter: Value, phases: Phases): string {
  const { vertical, horizontal } = phases;
  const [, , channels, outChannels] = four(filter.shape);
  const columns = vertical.stride * horizontal.stride * channels;
  const gathered: Window = { vertical: gradientWindow(vertical), horizontal: gradientWindow(horizontal) };
  const scattered: Window = { vertical: cellWindow(vertical), horizontal: cellWindow(horizontal) };
  if (scattersCheaper(gathered, scattered, columns, outChannels)) {
    const cells = correlateTransposed(lowerer, gradientRows(lowerer, dy), dy.batch, scattered, phaseWeights(lowerer, filter, phases, false), columns);
    return shuffle(lowerer, rows(cells, [dy.batch, windowCount(gathered), columns]), dy.batch, phases, channels);
  }
  const cells = correlate(lowerer, dy, gathered, phaseWeights(lowerer, filter, phases, true));
  return shuffle(lowerer, rows(cells, [dy.batch * windowCount(gathered), columns]), dy.batch, phases, channels);
}

function gradientRows(lowerer: Lowerer, { name, batch, height, width, channels }: Images): string {
  return lowerer.reshape(rows(name, [batch, height, width, channels]), [batch * height * width, channels]);
}

/** Cost of one run of floats moved, and of each float, where one multiplication and addition in a wide product costs 1; measured on AVX2 and AVX-512. */
const runCost = 200;
const floatCost = 8;
/** Below so many columns a product is no faster for having fewer. */
const narrowest = 16;

function scattersCheaper(gathered: Window, scattered: Window, columns: number, outChannels: number): boolean {
  const moved = (runs: number, length: number): number => runs * (runCost + floatCost * length);
  const taps = tapCount(gathered);
  const cells = windowCount(gathered);
  const gathering = moved(cells * taps, outChannels) + cells * taps * outChannels * Math.max(columns, narrowest);
  const scattering = moved(cells * taps, 4 * columns) + windowCount(scattered) * outChannels * Math.max(taps * columns, narrowest);
  return scattering < gathering;
}

/** The filter by `t` and phase: `[taps * outChannels, phases * channels]` with `t` reversed for gathering, else `[taps * phases * channels, outChannels]`. */
export function phaseWeights(lowerer: Lowerer, filter: Value, { vertical, horizontal }: Phases, gathering: boolean): string {
  const [height, width, channels, outChannels] = four(filter.shape);
  const missing = height * width;
  const phases = vertical.stride * horizontal.stride;
  const inOrder = <Item>(list: readonly Item[]): readonly Item[] => (gathering ? list.toReversed() : list);
  const order = inOrder(vertical.taps).flatMap((above) => inOrder(horizontal.taps).flatMap((beside) =>
    above.flatMap((a) => beside.map((b) => (a === undefined || b === undefined ? missing : a * width + b)))));
  const flat = lowerer.shaped(filter, [missing, channels * outChannels]);
  const natural = order.every((tap, i) => tap === i) && order.length === missing;
  const name = lowerer.once(`taps ${flat} ${order.join()}`, () => {
    if (natural) return flat;
    const zero = (): string => lowerer.builder.constant("float32", new Float32Array(channels * outChannels), [1, channels * outChannels]);
    const source = order.includes(missing) ? lowerer.emit("Concat", [flat, zero()], { axis: 0 }) : flat;
    return lowerer.emit("Gather", [source, lowerer.builder.int32(order)], { axis: 0 });
  });
  const picked = rows(name, [order.length, channels * outChannels]);
  if (!gathering) return lowerer.reshape(picked, [order.length * channels, outChannels]);
  const taps = order.length / phases;
  const moved = lowerer.transpose(lowerer.reshape(picked, [taps, phases, channels, outChannels]), [0, 3, 1, 2]);
  return lowerer.reshape(rows(moved, [taps, outChannels, phases, channels]), [taps * outChannels, phases * channels]);
}

/** Cells of phases `[batch, cells, phases * channels]` to pixels `[batch, height * width, channels]`. */
export function shuffle(lowerer: Lowerer, cells: Form, batch: number, phases: Phases, channels: number): string {
  const { vertical, horizontal } = phases;
  const count = vertical.stride * horizontal.stride;
  const pixels = lowerer.reshape(cells, [batch, vertical.cells * horizontal.cells * count, channels]);
  if (count === 1) return pixels;
  const places = cellPlaces(phases).map(([cell, phase]) => cell * count + phase);
  return lowerer.emit("Gather", [pixels, lowerer.builder.int32(places)], { axis: 1 });
}

/** Which cell each pixel lies in, and as which of its phases. */
export function cellPlaces({ vertical, horizontal }: Phases): readonly (readonly [cell: number, phase: number])[] {
  const place = ({ axis, stride, firstCell }: PhaseAxis): readonly (readonly [cell: number, phase: number])[] =>
    range(axis.length).map((y) => [Math.floor((y + axis.before) / stride) - firstCell, (y + axis.before) % stride]);
  return place(vertical).flatMap(([i, a]) => place(horizontal).map(([j, b]) => [i * horizontal.cells + j, a * horizontal.stride + b] as const));
}
