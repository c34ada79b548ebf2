// Images in blocks of channels, ONNX Runtime's own layout for the CPU (NCHWc): the 8 or 16 channels that one vector register holds lie side by side.
// Its convolutions on them come near what the processor can do, which its matrix products do not. The block's length is the processor's.
import type { DataType } from "@idgan/core";
import { four } from "./form.js";
import type { Lowerer } from "./lowerer.js";

/** Where ONNX Runtime keeps the operators that know of blocks. */
export const blocksDomain = "com.microsoft.nchwc";

/** Rows `[batch, height, width, channels]` in blocks, as `[batch, channels, height, width]`. */
export function toBlocks(lowerer: Lowerer, name: string, shape: readonly number[], dtype: DataType = "float32"): string {
  const [batch, height, width, channels] = four(shape);
  const { block } = lowerer.plan;
  if (channels === block || height * width === 1) return lowerer.view(name, [batch, channels, height, width]);
  // ONNX Runtime reorders floats alone.
  if (dtype !== "float32") {
    return lowerer.view(lowerer.transpose(lowerer.view(name, [batch, height * width, channels / block, block]), [0, 2, 1, 3]), [batch, channels, height, width]);
  }
  return lowerer.once(`to blocks ${name}`, () => lowerer.emit("ReorderInput", [name], { channels_last: 1 }, blocksDomain));
}

/** Blocks as rows; `shape` is that of the rows, whose channels may be fewer than the blocks hold. */
export function fromBlocks(lowerer: Lowerer, name: string, shape: readonly number[], dtype: DataType = "float32"): string {
  const [batch, height, width, channels] = four(shape);
  const whole = channels % lowerer.plan.block === 0;
  if (whole && (channels === lowerer.plan.block || height * width === 1)) return lowerer.view(name, shape);
  if (dtype !== "float32") {
    const { block } = lowerer.plan;
    return lowerer.view(lowerer.transpose(lowerer.view(name, [batch, channels / block, height * width, block]), [0, 2, 1, 3]), shape);
  }
  return lowerer.once(`from blocks ${name} ${channels}`, () => lowerer.emit("ReorderOutput", [name], { channels, channels_last: 1 }, blocksDomain));
}

/** The next multiple of the block. */
export function wholeBlocks(lowerer: Lowerer, channels: number): number {
  return Math.ceil(channels / lowerer.plan.block) * lowerer.plan.block;
}

/** Whether a convolution on blocks can read so many channels: whole blocks, or less than one, which it reads as planes. */
export function isReadable(lowerer: Lowerer, channels: number): boolean {
  return lowerer.plan.block > 0 && (channels < lowerer.plan.block || channels % lowerer.plan.block === 0);
}

/** Elements as `[count, columns]`, with columns of zeros added up to whole blocks. */
export function widened(lowerer: Lowerer, name: string, count: number, columns: number): string {
  const missing = wholeBlocks(lowerer, columns) - columns;
  if (missing === 0) return name;
  const { builder } = lowerer;
  return lowerer.once(`widened ${name}`, () => lowerer.emit("Pad", [lowerer.view(name, [count, columns]), builder.int64([0, 0, 0, missing])]));
}
