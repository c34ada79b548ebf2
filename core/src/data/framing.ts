// torchvision's geometry: Resize to the short side, then CenterCrop (https://github.com/pytorch/vision, transforms/functional.py).

export type Fit = "cover" | "contain" | "fill";

/** How a picture comes into a square frame: it is scaled to `width` x `height`, and its corner lands at (`left`, `top`) of the frame. */
export interface Framing {
  readonly width: number;
  readonly height: number;
  /** Below 0 where the frame crops the picture, above 0 where the picture leaves a margin. */
  readonly left: number;
  readonly top: number;
}

/** The framing of a picture of `width` x `height` in a frame of `size` x `size`. */
export function frame(width: number, height: number, size: number, fit: Fit): Framing {
  if (fit === "fill") {
    return { width: size, height: size, left: 0, top: 0 };
  }
  const measure = fit === "cover" ? Math.min(width, height) : Math.max(width, height);
  const scaled = [width, height].map((side) => Math.max(1, Math.trunc((size * side) / measure))) as [number, number];
  // A crop starts where CenterCrop starts it: at half the excess, halves rounded to even.
  const [left, top] = scaled.map((side) => -roundHalfToEven((side - size) / 2)) as [number, number];
  return { width: scaled[0], height: scaled[1], left: left + 0, top: top + 0 };
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (Math.abs(floor) % 2) : Math.round(value);
}
