// Lanczos resampling with a window of three lobes, in Pillow's form (src/libImaging/Resample.c): support stretched when reducing, 8 bits between
// the two passes. libvips has no such thing: it enlarges by bicubic interpolation whatever the kernel, and reduces with weights of 6 bits, 3 levels off.

const lobes = 3;
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
    const { first, weights } = kernels[x] as Kernel;
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
    const { first, weights } = kernels[y] as Kernel;
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

/** The source pixels, from `first` on, that make one pixel of the target, and their weights, which sum to 1. */
interface Kernel {
  readonly first: number;
  readonly weights: Float64Array;
}

/** Of the sides that were resampled last: most pictures of a data set are of few sizes. */
const remembered = new Map<string, Kernel[]>();
const mostRemembered = 16;

/** The kernels of pixels `from` to `to` of the target. */
function kernelsOf(span: Span): readonly Kernel[] {
  const key = `${span.source}/${span.target}/${span.from}/${span.to}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const kernels = Array.from({ length: span.to - span.from }, (_, i) => kernelAt(span, span.from + i));
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(key, kernels);
  return kernels;
}

function kernelAt({ source, target }: Span, at: number): Kernel {
  if (source === target) {
    return { first: at, weights: Float64Array.of(1) };
  }
  const step = source / target;
  const stretch = Math.max(step, 1);
  const center = (at + 0.5) * step;
  const first = Math.max(0, Math.trunc(center - lobes * stretch + 0.5));
  const end = Math.min(source, Math.trunc(center + lobes * stretch + 0.5));
  const weights = Float64Array.from({ length: end - first }, (_, i) => lanczos((first + i - center + 0.5) / stretch));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return { first, weights: weights.map((weight) => weight / sum) };
}

function lanczos(x: number): number {
  return Math.abs(x) < lobes ? sinc(x) * sinc(x / lobes) : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
