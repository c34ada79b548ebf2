// Lanczos resampling with a window of three lobes, in Pillow's form (src/libImaging/Resample.c): support stretched when reducing, 8 bits between
// the two passes, weights in whole numbers. libvips has no such thing: it enlarges by bicubic interpolation whatever the kernel, and reduces with
// weights of 6 bits, 3 levels off. The sums are WebAssembly's (resample.wat), for in JavaScript they took more time than the decoding of a picture.
import { lanczosKernels, type Span } from "./lanczos-kernels.js";
import { memoryOf, startProgram, type ProgramMemory } from "./program.js";
import { resampleProgram } from "./resample-program.js";

export type { Span } from "./lanczos-kernels.js";

const channels = 3;
/** What the passes may touch past the end of anything. */
const slack = 64;

/** One picture's pixels, `[height, width, 3]`. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

interface Program {
  readonly memory: ProgramMemory;
  resampleColumns(source: number, target: number, kernels: number, width: number, height: number, columns: number, taps: number): void;
  resampleRows(source: number, target: number, kernels: number, stride: number, rows: number, taps: number): void;
}

/** Of this thread; its memory is as large as the largest picture asked for. */
let loaded: Program | undefined;

function program(): Program {
  loaded ??= startProgram<Program>(resampleProgram);
  return loaded;
}

/**
 * `picture`, three channels, with its sides resampled to the spans `across` and `down`. Across first, as Pillow has it: what a hard edge overshoots
 * is cut off between the passes, so the other order is several levels off.
 */
export function resample({ data, width, height }: Pixels, across: Span, down: Span): Pixels {
  if (isWhole(across) && isWhole(down)) return { data, width, height };
  const [columns, rows] = [across.to - across.from, down.to - down.from];
  const [acrossKernels, downKernels] = [lanczosKernels(across), lanczosKernels(down)];
  const { first, end, taps } = downKernels;
  const acrossAt = 0;
  const downAt = acrossAt + acrossKernels.table.length + slack;
  const sourceAt = downAt + downKernels.table.length + slack;
  // A kernel that begins near the end of the last row is read past it, and its weights there are zeros.
  const betweenAt = sourceAt + ((end - first) * width + acrossKernels.taps) * channels + slack;
  // Rows past the end of what is between are read, and weigh nothing.
  const targetAt = betweenAt + (end - first + taps) * columns * channels + slack;
  const length = rows * columns * channels;
  const { memory, resampleColumns, resampleRows } = program();
  const bytes = memoryOf(memory, targetAt + length + slack);
  bytes.set(acrossKernels.table, acrossAt);
  bytes.set(downKernels.table, downAt);
  bytes.set(data.subarray(first * width * channels, end * width * channels), sourceAt);
  resampleColumns(sourceAt, betweenAt, acrossAt, width, end - first, columns, acrossKernels.taps);
  resampleRows(betweenAt - first * columns * channels, targetAt, downAt, columns * channels, rows, taps);
  return { data: bytes.slice(targetAt, targetAt + length), width: columns, height: rows };
}

function isWhole({ source, target, from, to }: Span): boolean {
  return source === target && from === 0 && to === target;
}
