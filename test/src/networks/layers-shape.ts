// Layers that move numbers to other places, or leave some out.
import * as tf from "@tensorflow/tfjs";
import type { Draw } from "./draw.js";
import { type ImageShape, type LayerMaker } from "./layer.js";

type Four<T> = [T, T, T, T];
type Edges = Four<[number, number]>;

const edge = (draw: Draw, most: number): [number, number] => [draw.integer(0, most), draw.integer(0, most)];

const pad: LayerMaker = (draw) => {
  const edges: Edges = [[0, 0], edge(draw, 2), edge(draw, 2), draw.chance(0.2) ? edge(draw, 1) : [0, 0]];
  const value = draw.pick([0, 0, 1, -0.5]);
  return { label: `pad ${JSON.stringify(edges)} with ${value}`, run: (x) => tf.pad(x, edges, value) };
};

const mirror: LayerMaker = (draw, [, height, width]) => {
  const mode = draw.pick(["reflect", "symmetric"] as const);
  // A reflection leaves out the edge itself.
  const most = (side: number): number => Math.min(2, mode === "reflect" ? side - 1 : side);
  const edges: Edges = [[0, 0], edge(draw, most(height)), edge(draw, most(width)), [0, 0]];
  return { label: `${mode} ${JSON.stringify(edges)}`, run: (x) => tf.mirrorPad(x, edges, mode) };
};

const slice: LayerMaker = (draw, shape) => {
  const begin = shape.map((side, axis) => (draw.chance(axis === 0 ? 0.9 : 0.5) ? 0 : draw.integer(0, side - 1)));
  const size = shape.map((side, axis) => draw.integer(draw.chance(0.5) ? side - (begin[axis] ?? 0) : 1, side - (begin[axis] ?? 0)));
  return { label: `slice ${size} from ${begin}`, run: (x) => tf.slice(x, begin as Four<number>, size as Four<number>) };
};

const stride: LayerMaker = (draw, [batch, height, width, channels]) => {
  const isBackward = draw.chance(0.5);
  const strides = [1, draw.integer(1, 2) * (isBackward ? -1 : 1), draw.integer(1, 2), draw.chance(0.2) ? 2 : 1];
  const begin = [0, isBackward ? height - 1 : 0, draw.integer(0, width - 1), 0];
  const end = [batch, isBackward ? -height - 1 : height, width, channels];
  return { label: `every ${strides} from ${begin}`, run: (x) => tf.stridedSlice(x, begin, end, strides) };
};

const join: LayerMaker = (draw) => {
  const axis = draw.pick([3, 3, 1, 2, 0]);
  return { label: `join along ${axis}`, run: (x) => tf.concat([x, tf.mul<tf.Tensor4D>(x, -0.5)], axis) };
};

/** Two halves of the channels, put together in one of two ways. */
const halves: LayerMaker = (draw, [, , , channels]) => {
  if (channels % 2 !== 0) return undefined;
  const isGate = draw.chance(0.5);
  return {
    label: isGate ? "gate" : "halves swapped",
    hasKinks: !isGate,
    run(x) {
      const [a, b] = tf.split(x, 2, 3) as [tf.Tensor4D, tf.Tensor4D];
      return isGate ? tf.mul(a, tf.sigmoid(b)) : tf.concat([tf.relu(b), a], 3);
    },
  };
};

const transpose: LayerMaker = (draw) => {
  const order = draw.pick([[0, 2, 1, 3], [0, 1, 3, 2], [0, 3, 2, 1]]);
  return { label: `transpose ${order}`, run: (x) => tf.transpose(x, order) };
};

const reverse: LayerMaker = (draw) => {
  const axes = draw.pick([[1], [2], [1, 2], [3], [0]]);
  return { label: `reverse ${axes}`, run: (x) => tf.reverse(x, axes) };
};

const reshape: LayerMaker = (draw, [batch, height, width, channels]) => {
  const shape = draw.pick<ImageShape>([
    [batch, width, height, channels], [batch, height * width, 1, channels], [batch, 1, height * width, channels], [batch, height, width * channels, 1],
    [batch, height, 2 * width, channels / 2], [batch, 2 * height, width, channels / 2], [2 * batch, height / 2, width, channels],
  ]);
  if (!shape.every(Number.isInteger) || Math.max(...shape) > 80) return undefined;
  return { label: `reshape ${shape}`, run: (x) => tf.reshape(x, [...shape]) };
};

const depthToSpace: LayerMaker = (_, [, , , channels]) => (channels % 4 === 0 ? { label: "depth to space", run: (x) => tf.depthToSpace(x, 2) } : undefined);

const spaceToDepth: LayerMaker = (_, [batch, height, width, channels]) => {
  if (height % 2 !== 0 || width % 2 !== 0) return undefined;
  const [rows, columns] = [height / 2, width / 2];
  return {
    label: "space to depth",
    run: (x) => tf.reshape(tf.transpose(tf.reshape(x, [batch, rows, 2, columns, 2, channels]), [0, 1, 3, 2, 4, 5]), [batch, rows, columns, 4 * channels]),
  };
};

const tile: LayerMaker = (draw) => {
  const times = draw.pick([[1, 2, 2, 1], [1, 1, 1, 2], [2, 1, 1, 1], [1, 2, 1, 3]]);
  return { label: `tile ${times}`, run: (x) => tf.tile(x, times) };
};

const gather: LayerMaker = (draw, shape) => {
  const axis = draw.integer(0, 3);
  const last = (shape[axis] ?? 1) - 1;
  return { label: `gather along ${axis}`, run: (x) => tf.gather(x, tf.tensor1d([0, last, 0], "int32"), axis) };
};

export const shapeLayers = { pad, mirror, slice, stride, join, halves, transpose, reverse, reshape, depthToSpace, spaceToDepth, tile, gather } as const;
