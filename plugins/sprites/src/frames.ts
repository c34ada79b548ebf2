/** The sprites themselves, before any variant paints them: 737,280 masks in the order of the factors. */
export interface Frames {
  /** Height and width of every mask. */
  readonly size: number;
  /** From the published file, or drawn here. */
  readonly real: boolean;
  /** Changes when a mask would. */
  readonly fingerprint: string;
  /** Masks `[indices.length, size, size]`: 1 on the sprite, 0 off it, between only on antialiased edges; in `into` where it is as long. */
  read(indices: ArrayLike<number>, into?: Float32Array): Promise<Float32Array>;
  close?(): Promise<void>;
}
