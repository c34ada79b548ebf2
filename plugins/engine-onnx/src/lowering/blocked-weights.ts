import { blocksDomain, toBlocks } from "./blocks.js";
import { range } from "./form.js";
import type { Lowerer } from "./lowerer.js";
import type { PhaseAxis, Phases } from "./phases.js";

/** Lengths of a filter in tfjs's order. */
export interface FilterShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outChannels: number;
}

/** Weights `[height, width, channels, outChannels]` as a convolution on blocks reads them; to ONNX that is `[outChannels, channels, height, width]`. */
export function forwardWeights(lowerer: Lowerer, weights: string, { height, width, channels, outChannels }: FilterShape): string {
  const { block } = lowerer.plan;
  const taps = height * width;
  const shape = [outChannels, channels, height, width];
  if (channels % block !== 0) {
    // Fewer channels than a block are read one by one.
    const split = lowerer.view(weights, [taps, channels, outChannels / block, block]);
    return lowerer.view(lowerer.transpose(split, [2, 1, 0, 3]), shape);
  }
  const lines = [taps, channels, 1, outChannels];
  const squares = toBlocks(lowerer, lowerer.view(weights, lines), lines);
  const [outs, ins] = [outChannels / block, channels / block];
  const order = (): number[] => range(outs).flatMap((out) => range(ins).flatMap((read) => range(taps).map((tap) => (tap * outs + out) * ins + read)));
  return inSquares(lowerer, squares, taps * outs * ins, { name: `forward ${taps} ${outs} ${ins}`, order }, shape);
}

/**
 * The same weights for the way back, which reads `outChannels` and writes the `channels` of all phases: see phases.ts.
 * Both are whole blocks.
 */
export function backwardWeights(lowerer: Lowerer, weights: string, { height, width, channels, outChannels }: FilterShape, { vertical, horizontal }: Phases): string {
  const { block } = lowerer.plan;
  const taps = height * width;
  const [outs, ins] = [channels / block, outChannels / block];
  const name = lowerer.view(weights, [taps, channels, outChannels, 1]);
  const squares = lowerer.once(`turned ${name}`, () => lowerer.emit("ReorderInput", [name], { channels_last: 0 }, blocksDomain));
  const pairs = ({ taps: list, stride }: PhaseAxis): readonly (readonly (number | undefined)[])[] => range(stride).map((phase) => list.map((phases) => phases[phase]).toReversed());
  const windows = pairs(vertical).flatMap((above) => pairs(horizontal).map((beside) => above.flatMap((a) => beside.map((b) => (a === undefined || b === undefined ? undefined : a * width + b)))));
  const order = (): (number | undefined)[] =>
    windows.flatMap((read) => range(outs * ins).flatMap((square) => read.map((tap) => (tap === undefined ? undefined : tap * outs * ins + square))));
  const phases = vertical.stride * horizontal.stride;
  return inSquares(lowerer, squares, taps * outs * ins, { name: `backward ${JSON.stringify(windows)} ${outs} ${ins}`, order }, [phases * channels, outChannels, vertical.taps.length, horizontal.taps.length]);
}

/** Which squares are picked; lists of them are long, so that each is made once, and known by a name. */
interface Pick {
  readonly name: string;
  /** `undefined` is a square of zeros. */
  order(): readonly (number | undefined)[];
}

/** Picks squares of `block` times `block` weights, one block read and one written by one tap. */
function inSquares(lowerer: Lowerer, squares: string, count: number, pick: Pick, shape: readonly number[]): string {
  const { builder } = lowerer;
  const square = lowerer.plan.block ** 2;
  const list = lowerer.view(squares, [count, square]);
  const picked = lowerer.once(`squares ${list} ${pick.name}`, () => {
    const order = pick.order();
    if (order.length === count && order.every((source, i) => source === i)) return list;
    const zeros = (): string => builder.constant("float32", new Float32Array(square), [1, square]);
    const source = order.includes(undefined) ? lowerer.emit("Concat", [list, zeros()], { axis: 0 }) : list;
    return lowerer.emit("Gather", [source, builder.int32(order.map((place) => place ?? count))], { axis: 0 });
  });
  return lowerer.view(picked, shape);
}
