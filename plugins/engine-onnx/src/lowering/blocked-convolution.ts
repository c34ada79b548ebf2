import type { Value } from "@idgan/core";
import { backwardWeights, forwardWeights, type FilterShape } from "./blocked-weights.js";
import { blocksDomain, fromBlocks, isReadable, wholeBlocks, widened } from "./blocks.js";
import { four, range, type Form } from "./form.js";
import { rows, type Lowerer } from "./lowerer.js";
import { attributesOf } from "./native-convolution.js";
import { cellPlaces, gradientWindow, inLargerCells, phasesOf, phaseWeights, shuffle, type Phases } from "./phases.js";
import { stacked, type Product } from "./product.js";
import { isExact, isPointwise, isWhole, type Window } from "./window.js";

/** How many times larger a cell may be along each axis. */
const factors = [1, 2, 3, 4];

function filterOf(filter: Value): FilterShape {
  const [height, width, channels, outChannels] = four(filter.shape);
  return { height, width, channels, outChannels };
}

/** An image value as a convolution on blocks reads it. */
function readable(lowerer: Lowerer, value: Value): string {
  return (value.shape[3] ?? 1) % lowerer.plan.block === 0 ? lowerer.blocked(value) : lowerer.channelsFirst(value);
}

/** A convolution on blocks of channels, or nothing where it does not fit them or is a plain matrix product. */
export function blockedConvolution(lowerer: Lowerer, x: Value, filter: Value, window: Window): Form | undefined {
  const shape = filterOf(filter);
  if (isProduct(lowerer, x, window) || !isExact(window) || !isReadable(lowerer, shape.channels)) return undefined;
  const [batch] = four(x.shape);
  const weights = { ...shape, outChannels: wholeBlocks(lowerer, shape.outChannels) };
  const flat = widened(lowerer, lowerer.array(filter), shape.height * shape.width * shape.channels, shape.outChannels);
  const result = emit(lowerer, readable(lowerer, x), forwardWeights(lowerer, flat, weights), window);
  return placed(lowerer, result, [batch, window.vertical.windows, window.horizontal.windows, shape.outChannels]);
}

/** The gradient of a convolution's input on blocks, all phases at once; or nothing where it does not fit them. */
export function blockedConvolutionToInput(lowerer: Lowerer, dy: Value, filter: Value, window: Window): Form | undefined {
  const shape = filterOf(filter);
  const { block } = lowerer.plan;
  const whole = shape.channels % block === 0;
  const phases = whole ? phasesOf(window) : fillingBlocks(lowerer, phasesOf(window), shape.channels);
  const gradient = gradientOf(phases);
  if (isProduct(lowerer, dy, window) || !isExact(gradient) || !isReadable(lowerer, shape.outChannels)) return undefined;
  const [batch] = four(dy.shape);
  const columns = phases.vertical.stride * phases.horizontal.stride * shape.channels;
  if (whole && shape.outChannels % block === 0) {
    const weights = backwardWeights(lowerer, lowerer.array(filter), shape, phases);
    return placedPhases(lowerer, emit(lowerer, readable(lowerer, dy), weights, gradient), batch, phases, shape.channels);
  }
  const taps = phases.vertical.taps.length * phases.horizontal.taps.length;
  const flat = widened(lowerer, phaseWeights(lowerer, filter, phases, true), taps * shape.outChannels, columns);
  const turned = { height: phases.vertical.taps.length, width: phases.horizontal.taps.length, channels: shape.outChannels, outChannels: wholeBlocks(lowerer, columns) };
  const cells = emit(lowerer, readable(lowerer, dy), forwardWeights(lowerer, flat, turned), gradient);
  if (whole) return placedPhases(lowerer, cells, batch, phases, shape.channels);
  const pixels = [batch, gradient.vertical.windows, gradient.horizontal.windows, columns];
  const moved = shuffle(lowerer, rows(fromBlocks(lowerer, cells, pixels), pixels), batch, phases, shape.channels);
  return rows(moved, [batch, window.vertical.length * window.horizontal.length, shape.channels]);
}

function gradientOf({ vertical, horizontal }: Phases): Window {
  return { vertical: gradientWindow(vertical), horizontal: gradientWindow(horizontal) };
}

/** Larger cells, where those leave less of a block empty than reading more windows costs: an image of one channel is made 4x4 pixels at a time. */
function fillingBlocks(lowerer: Lowerer, phases: Phases, channels: number): Phases {
  const { vertical, horizontal } = phases;
  if (vertical.dilation !== 1 || horizontal.dilation !== 1) return phases;
  const work = ({ vertical: v, horizontal: h }: Phases): number => v.cells * v.taps.length * h.cells * h.taps.length * wholeBlocks(lowerer, v.stride * h.stride * channels);
  const larger = factors.flatMap((above) => factors.map((beside) => ({ vertical: inLargerCells(vertical, above), horizontal: inLargerCells(horizontal, beside) })));
  return larger.filter((candidate) => isExact(gradientOf(candidate))).reduce((best, candidate) => (work(candidate) < work(best) ? candidate : best), phases);
}

/** Whether a matrix product does it, without leaving blocks. */
function isProduct(lowerer: Lowerer, read: Value, window: Window): boolean {
  return isWhole(window) || (isPointwise(window) && lowerer.form(read).order !== "blocked");
}

function emit(lowerer: Lowerer, images: string, weights: string, window: Window): string {
  return lowerer.emit("Conv", [images, weights], attributesOf(window, 1), blocksDomain);
}

/** A convolution's result, in blocks where its channels are whole ones. */
function placed(lowerer: Lowerer, name: string, shape: readonly [number, number, number, number]): Form {
  const [batch, height, width, channels] = shape;
  const missing = wholeBlocks(lowerer, channels) - channels;
  if (missing === 0) return { name: lowerer.assemble(stacked(lowerer, [name])), shape: [batch, channels, height, width], order: "blocked" };
  const product: Product = { parts: [name], assemble: (parts) => fromBlocks(lowerer, first(parts), shape), spread: (bias) => lowerer.view(widened(lowerer, bias, 1, channels), [channels + missing]) };
  return rows(lowerer.assemble(product), shape);
}

/** Phases of whole blocks moved to their pixels. */
function placedPhases(lowerer: Lowerer, name: string, batch: number, phases: Phases, channels: number): Form {
  const { vertical, horizontal } = phases;
  const count = vertical.stride * horizontal.stride;
  const shape = [batch, channels, vertical.axis.length, horizontal.axis.length];
  if (count === 1) return { name: lowerer.assemble(stacked(lowerer, [name])), shape, order: "blocked" };
  const { block } = lowerer.plan;
  const blocks = channels / block;
  const cells = vertical.cells * horizontal.cells;
  const order = cellPlaces(phases);
  const places = range(blocks).flatMap((of) => order.map(([cell, phase]) => (phase * blocks + of) * cells + cell));
  const product: Product = {
    parts: [name],
    assemble: (parts) => {
      const runs = lowerer.view(first(parts), [batch, count * blocks * cells, block]);
      const moved = lowerer.emit("Gather", [runs, lowerer.builder.int32(places)], { axis: 1 });
      return lowerer.view(moved, shape);
    },
    spread: (bias) => lowerer.emit("Concat", Array.from({ length: count }, () => bias), { axis: 0 }),
  };
  return { name: lowerer.assemble(product), shape, order: "blocked" };
}

function first([name = ""]: readonly string[]): string {
  return name;
}
