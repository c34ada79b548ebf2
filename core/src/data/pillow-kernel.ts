// Pillow's resampling (src/libImaging/Resample.c): filters of which the support is stretched when reducing, so that no pixel of the source is skipped.

export type PillowFilter = "bicubic" | "lanczos";

/** The source pixels, from `first` on, that make one pixel of the target, and their weights, which sum to 1. */
export interface PixelMix {
  readonly first: number;
  readonly weights: Float64Array;
}

/** How each filter falls off, and how far it reaches, in pixels of the larger of the two pictures. */
const filters: Readonly<Record<PillowFilter, { readonly support: number; readonly weight: (x: number) => number }>> = {
  bicubic: { support: 2, weight: cubic },
  lanczos: { support: 3, weight: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Pixel `at` of a side of `target` pixels that had `source`. */
export function pillowMix(filter: PillowFilter, source: number, target: number, at: number): PixelMix {
  if (source === target) return { first: at, weights: Float64Array.of(1) };
  const { support, weight } = filters[filter];
  const step = source / target;
  const stretch = Math.max(step, 1);
  const center = (at + 0.5) * step;
  const first = Math.max(0, Math.trunc(center - support * stretch + 0.5));
  const end = Math.min(source, Math.trunc(center + support * stretch + 0.5));
  const weights = Float64Array.from({ length: end - first }, (_, i) => weight((first + i - center + 0.5) / stretch));
  const sum = weights.reduce((total, each) => total + each, 0);
  return { first, weights: weights.map((each) => each / sum) };
}

/** Keys's cubic convolution with a = -1/2. */
function cubic(x: number): number {
  const a = -0.5;
  const distance = Math.abs(x);
  if (distance < 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  return distance < 2 ? (((distance - 5) * distance + 8) * distance - 4) * a : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
