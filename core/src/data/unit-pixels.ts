/** A division for each of a batch's millions of pixels would take longer than reading them. */
const units = Float32Array.from({ length: 256 }, (_, level) => level / 255);

/** Puts levels 0 … 255 into `target`, from `at` on, as numbers in [0, 1]. */
export function putUnits(levels: Uint8Array, target: Float32Array, at: number): void {
  for (let i = 0; i < levels.length; i += 1) target[at + i] = units[levels[i] as number] as number;
}
