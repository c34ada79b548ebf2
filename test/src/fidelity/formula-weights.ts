import type { Tensors } from "@idgan/plugin-metrics-fidelity";

/** Shapes of a network's weights by PyTorch's names. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

/** The weights of test/fixtures/feature_networks.py: no file of weights is needed to compare two programs. */
export function formulaTensors(shapes: Shapes): Tensors {
  const names = Object.keys(shapes).toSorted();
  return new Map(names.map((name, salt) => [name, { shape: shapes[name] ?? [], read: () => weight(name, shapes[name] ?? [], salt) }]));
}

function weight(name: string, shape: readonly number[], salt: number): Float32Array {
  const fanIn = shape.slice(1).reduce((product, side) => product * side, 1);
  const scale = Math.sqrt(24 / fanIn);
  const value = (x: number): number => {
    if (name.startsWith("lin")) return x + 0.5;
    if (shape.length > 1) return x * scale;
    return name.endsWith("bn.weight") || name.endsWith("running_var") ? 1 + 0.5 * x : 0.2 * x;
  };
  const count = shape.reduce((product, side) => product * side, 1);
  return Float32Array.from({ length: count }, (_, i) => value(((i * 7919 + salt * 104729) % 1009) / 1009 - 0.5));
}

/** The fixture script's picture as bytes, `[size, size, channels]`, in [0, 1]. */
export function drawnBytes(size: number, channels: number): Float32Array {
  return Float32Array.from({ length: size * size * channels }, (_, k) => {
    const [c, x, y] = [k % channels, Math.floor(k / channels) % size, Math.floor(k / channels / size)];
    const value = 0.5 + 0.3 * Math.sin(0.37 * x * (c + 1) + 0.2) * Math.cos(0.23 * y + c) + 0.2 * Math.sin(0.05 * x * y);
    return Math.floor(255 * Math.min(1, Math.max(0, value))) / 255;
  });
}
