/** Where images live. The VAE and the generator may differ; `freeze` bridges from one to the other. */
export interface ImageSpace {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Pixel values lie in this range: a VAE's in [0, 1], a generator's in [-1, 1]. */
  readonly range: readonly [low: number, high: number];
}

/** Of datasets, of VAEs, and of whatever is handed out to be looked at. */
export const unitRange: ImageSpace["range"] = [0, 1];

/** A square space of pixels in [0, 1], as datasets and VAEs use. */
export function unitSpace(size: number, channels: number): ImageSpace {
  return { height: size, width: size, channels, range: [0, 1] };
}

/** A square space of pixels in [-1, 1], as generators use. */
export function signedSpace(size: number, channels: number): ImageSpace {
  return { height: size, width: size, channels, range: [-1, 1] };
}

/** Shape of a batch of images in `space`: `[batch, height, width, channels]`. */
export function batchShape(space: ImageSpace, batch: number): [number, number, number, number] {
  return [batch, space.height, space.width, space.channels];
}

/** `64x64x1 in [0, 1]`, for messages. */
export function describeSpace(space: ImageSpace): string {
  return `${space.height}x${space.width}x${space.channels} in [${space.range[0]}, ${space.range[1]}]`;
}
