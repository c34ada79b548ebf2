// Lanczos resampling with a window of three lobes, in Pillow's form (src/libImaging/Resample.c): support stretched when reducing, 8 bits between
// the two passes. libvips has no such thing: it enlarges by bicubic interpolation whatever the kernel, and reduces with weights of 6 bits, 3 levels off.

import { pillowMix, type PixelMix } from "./pillow-kernel.js";

const channels = 3;

/** One picture's pixels, `[height, width, 3]`. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** The part [`from`, `to`) of a side of `source` pixels once it has `target` pixels. */
export interface Span {
  readonly source: number;
  readonly target: number;
  readonly from: number;
  readonly to: number;
}

/** `picture`, three channels, with its sides resampled to the spans `across` and `down`. */
export function resample(picture: Pixels, across: Span, down: Span): Pixels {
  return resampleRows(resampleColumns(picture, across), down);
}

function resampleColumns({ data, width, height }: Pixels, span: Span): Pixels {
  const columns = span.to - span.from;
  const resampled = new Uint8ClampedArray(columns * height * channels);
  const kernels = kernelsOf(span);
  for (let x = 0; x < columns; x += 1) {
    const { first, weights } = kernels[x] as PixelMix;
    for (let y = 0; y < height; y += 1) {
      let from = (y * width + first) * channels;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let tap = 0; tap < weights.length; tap += 1, from += channels) {
        const weight = weights[tap] as number;
        red += weight * (data[from] as number);
        green += weight * (data[from + 1] as number);
        blue += weight * (data[from + 2] as number);
      }
      const at = (y * columns + x) * channels;
      resampled[at] = red;
      resampled[at + 1] = green;
      resampled[at + 2] = blue;
    }
  }
  return { data: new Uint8Array(resampled.buffer), width: columns, height };
}

function resampleRows({ data, width }: Pixels, span: Span): Pixels {
  const stride = width * channels;
  const rows = span.to - span.from;
  const resampled = new Uint8ClampedArray(stride * rows);
  const sums = new Float64Array(stride);
  const kernels = kernelsOf(span);
  for (let y = 0; y < rows; y += 1) {
    const { first, weights } = kernels[y] as PixelMix;
    sums.fill(0);
    for (let tap = 0; tap < weights.length; tap += 1) {
      const weight = weights[tap] as number;
      const from = (first + tap) * stride;
      for (let i = 0; i < stride; i += 1) {
        sums[i] = (sums[i] as number) + weight * (data[from + i] as number);
      }
    }
    resampled.set(sums, y * stride);
  }
  return { data: new Uint8Array(resampled.buffer), width, height: rows };
}

/** Of the sides that were resampled last: most pictures of a data set are of few sizes. */
const remembered = new Map<string, PixelMix[]>();
const mostRemembered = 16;

/** The kernels of pixels `from` to `to` of the target. */
function kernelsOf(span: Span): readonly PixelMix[] {
  const key = `${span.source}/${span.target}/${span.from}/${span.to}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const kernels = Array.from({ length: span.to - span.from }, (_, i) => pillowMix("lanczos", span.source, span.target, span.from + i));
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(key, kernels);
  return kernels;
}
