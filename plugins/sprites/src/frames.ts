/** The sprites themselves, before any variant paints them: 737,280 masks in the order of the factors. */
export interface Frames {
  /** Height and width of every mask. */
  readonly size: number;
  /** From the published file, or drawn here. */
  readonly real: boolean;
  /** Changes when a mask would. */
  readonly fingerprint: string;
  /** Masks `[indices.length, size, size]`: 1 on the sprite, 0 off it, between only on antialiased edges. */
  read(indices: ArrayLike<number>): Promise<Float32Array>;
  close?(): Promise<void>;
}
