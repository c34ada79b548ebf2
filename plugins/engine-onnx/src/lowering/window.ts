import type { convInfoOf } from "@idgan/core";

/** Where windows lie along one axis: tap `t` of window `o` reads place `o * stride + t * dilation - before`. */
export interface WindowAxis {
  readonly length: number;
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  /** Places in front of the first; negative where the first window starts further in. */
  readonly before: number;
  /** How many windows. */
  readonly windows: number;
}

/** Windows over an image batch. */
export interface Window {
  readonly vertical: WindowAxis;
  readonly horizontal: WindowAxis;
}

export type ConvInfo = ReturnType<typeof convInfoOf>;

/** The windows of a forward convolution. */
export function windowOf(info: ConvInfo): Window {
  return {
    vertical: { length: info.inHeight, taps: info.filterHeight, stride: info.strideHeight, dilation: info.dilationHeight, before: info.padInfo.top, windows: info.outHeight },
    horizontal: { length: info.inWidth, taps: info.filterWidth, stride: info.strideWidth, dilation: info.dilationWidth, before: info.padInfo.left, windows: info.outWidth },
  };
}

/** Whether every window is all of the input, so that a convolution is a matrix product. */
export function isWhole({ vertical, horizontal }: Window): boolean {
  return [vertical, horizontal].every((axis) => axis.windows === 1 && axis.before === 0 && axis.taps === axis.length && axis.dilation === 1);
}

/** Whether windows are single pixels in order. */
export function isPointwise({ vertical, horizontal }: Window): boolean {
  return [vertical, horizontal].every((axis) => axis.taps === 1 && axis.stride === 1 && axis.before === 0 && axis.windows === axis.length);
}

/** Places that all windows together reach, before and after the axis; never negative. */
export function paddingOf(axis: WindowAxis): readonly [before: number, after: number] {
  const end = (axis.windows - 1) * axis.stride + (axis.taps - 1) * axis.dilation + 1 - axis.before;
  return [Math.max(0, axis.before), Math.max(0, end - axis.length)];
}

/** Whether padding by zeros, none of it negative, gives these windows and no more, as ONNX's Conv counts them. */
export function isExact({ vertical, horizontal }: Window): boolean {
  return [vertical, horizontal].every((axis) => {
    const [before, after] = paddingOf(axis);
    const span = (axis.taps - 1) * axis.dilation + 1;
    return axis.before >= 0 && Math.floor((axis.length + before + after - span) / axis.stride) + 1 === axis.windows;
  });
}
