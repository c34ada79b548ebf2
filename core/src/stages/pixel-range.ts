/** Pixels of [0, 1] moved to `range`, in place. */
export function toRange(pixels: Float32Array, [low, high]: readonly [number, number]): Float32Array {
  if (low === 0 && high === 1) return pixels;
  const scale = high - low;
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = pixels[i]! * scale + low;
  return pixels;
}
