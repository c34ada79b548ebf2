import { poolInfoOf, type GraphNode, type Value } from "@idgan/core";
import { blockedAverage } from "./blocked-images.js";
import { four, range, type Form } from "./form.js";
import { inputOf, rows, type Lowerer, type Lowering } from "./lowerer.js";
import { gatherPatches, imagesOf, scatterPatches, tapCount, windowCount, type Images } from "./patches.js";
import { windowOf, type Window } from "./window.js";

interface Pool {
  readonly window: Window;
  readonly images: Images;
  /** All windows of the batch. */
  readonly count: number;
  readonly taps: number;
}

function poolOf(lowerer: Lowerer, node: GraphNode, x: Value): Pool {
  const window = windowOf(poolInfoOf(node.attrs, x.shape));
  const images = imagesOf(lowerer.array(x), x.shape);
  return { window, images, count: images.batch * windowCount(window), taps: tapCount(window) };
}

function patchesOf(lowerer: Lowerer, { window, images, count, taps }: Pool, fill: number): string {
  return lowerer.reshape(rows(gatherPatches(lowerer, images, window, { fill }), [count, taps * images.channels]), [count, taps, images.channels]);
}

/** One over the number of taps that lie inside the images, for each window, `[windows, 1]`. */
function shares(lowerer: Lowerer, window: Window): string {
  const inside = [window.vertical, window.horizontal].map((axis) =>
    range(axis.windows).map((i) => range(axis.taps).filter((tap) => {
      const place = i * axis.stride + tap * axis.dilation - axis.before;
      return place >= 0 && place < axis.length;
    }).length));
  const [vertical = [], horizontal = []] = inside;
  const values = vertical.flatMap((a) => horizontal.map((b) => 1 / (a * b)));
  return lowerer.builder.constant("float32", Float32Array.from(values), [values.length, 1]);
}

function averagePool(lowerer: Lowerer, node: GraphNode): Form {
  const x = inputOf(node, "x");
  const blocked = blockedAverage(lowerer, x, windowOf(poolInfoOf(node.attrs, x.shape)));
  if (blocked) return blocked;
  const pool = poolOf(lowerer, node, x);
  const { images, count } = pool;
  const sum = lowerer.emit("ReduceSum", [patchesOf(lowerer, pool, 0), lowerer.builder.int64([1])], { keepdims: 0 });
  const spread = lowerer.reshape(rows(sum, [count, images.channels]), [images.batch, count / images.batch, images.channels]);
  return rows(lowerer.emit("Mul", [spread, shares(lowerer, pool.window)]), [images.batch, count / images.batch, images.channels]);
}

/** tfjs divides by the size of the window even where a part of it lies outside. */
function averagePoolGradient(lowerer: Lowerer, node: GraphNode): Form {
  const input = inputOf(node, "input");
  const window = windowOf(poolInfoOf(node.attrs, input.shape));
  const [batch, height, width, channels] = four(input.shape);
  const taps = tapCount(window);
  const count = batch * windowCount(window);
  const share = lowerer.emit("Mul", [lowerer.shaped(inputOf(node, "dy"), [count, 1, channels]), lowerer.builder.scalar(1 / taps)]);
  const spread = lowerer.emit("Expand", [share, lowerer.builder.int64([count, taps, channels])]);
  const flat = lowerer.reshape(rows(spread, [count, taps, channels]), [count, taps * channels]);
  return rows(scatterPatches(lowerer, flat, window, batch, channels), [batch, height * width, channels]);
}

function maximumPool(lowerer: Lowerer, node: GraphNode): Form {
  const pool = poolOf(lowerer, node, inputOf(node, "x"));
  const patches = patchesOf(lowerer, pool, Number.NEGATIVE_INFINITY);
  return rows(lowerer.emit("ReduceMax", [patches], { axes: [1], keepdims: 0 }), [pool.count, pool.images.channels]);
}

/** The gradient goes to the first of the largest, as in tfjs. */
function maximumPoolGradient(lowerer: Lowerer, node: GraphNode): Form {
  const input = inputOf(node, "input");
  const pool = poolOf(lowerer, node, input);
  const { window, images, count, taps } = pool;
  const { builder } = lowerer;
  const place = lowerer.emit("ArgMax", [patchesOf(lowerer, pool, Number.NEGATIVE_INFINITY)], { axis: 1, keepdims: 1 });
  const order = builder.constant("int64", BigInt64Array.from(range(taps), BigInt), [taps, 1]);
  const chosen = lowerer.emit("Equal", [place, order]);
  const gradient = lowerer.shaped(inputOf(node, "dy"), [count, 1, images.channels]);
  const spread = lowerer.emit("Where", [chosen, gradient, builder.scalar(0)]);
  const flat = lowerer.reshape(rows(spread, [count, taps, images.channels]), [count, taps * images.channels]);
  return rows(scatterPatches(lowerer, flat, window, images.batch, images.channels), [images.batch, images.height * images.width, images.channels]);
}

export const poolings: Readonly<Record<string, Lowering>> = {
  AvgPool: averagePool,
  AvgPoolGrad: averagePoolGradient,
  MaxPool: maximumPool,
  MaxPoolGrad: maximumPoolGradient,
};
