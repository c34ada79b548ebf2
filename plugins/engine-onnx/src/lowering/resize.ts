// Sampling positions of https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/image_resizer_state.h, as tfjs has them.
import type { GraphNode } from "@idgan/core";
import { blockedRepeat } from "./blocked-images.js";
import { four, range } from "./form.js";
import { inputOf, rows, type Lowerer, type Lowering } from "./lowerer.js";
import { listOf } from "./shape.js";

/** What one place of the larger or smaller axis takes from the other: weights by place. */
type Sample = readonly (readonly [place: number, weight: number])[];

interface Sampling {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

function samplingOf(node: GraphNode): Sampling {
  return { alignCorners: node.attrs["alignCorners"] === true, halfPixelCenters: node.attrs["halfPixelCenters"] === true };
}

function scaleOf(from: number, to: number, { alignCorners }: Sampling): number {
  return alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
}

function bilinear(from: number, to: number, sampling: Sampling): readonly Sample[] {
  const scale = scaleOf(from, to, sampling);
  return range(to).map((i) => {
    const position = sampling.halfPixelCenters ? scale * (i + 0.5) - 0.5 : scale * i;
    const low = Math.max(0, Math.floor(position));
    const high = Math.min(from - 1, Math.ceil(position));
    const share = position - low;
    return low === high || share <= 0 ? [[low, 1]] : [[low, 1 - share], [high, share]];
  });
}

function nearest(from: number, to: number, sampling: Sampling): readonly Sample[] {
  const scale = scaleOf(from, to, sampling);
  return range(to).map((i) => {
    const position = sampling.halfPixelCenters ? scale * (i + 0.5) : scale * i;
    const rounded = sampling.alignCorners ? Math.round(position) : Math.floor(position);
    return [[Math.max(0, Math.min(from - 1, rounded)), 1]];
  });
}

/** `[samples.length, length]`, or its transpose. */
function matrixOf(lowerer: Lowerer, samples: readonly Sample[], length: number, transposed: boolean): string {
  const count = samples.length;
  const data = new Float32Array(count * length);
  for (const [i, sample] of samples.entries()) {
    for (const [place, weight] of sample) data[transposed ? place * count + i : i * length + place] = weight;
  }
  return lowerer.builder.constant("float32", data, transposed ? [length, count] : [count, length]);
}

function isPick(samples: readonly Sample[]): boolean {
  return samples.every((sample) => sample.length === 1);
}

/** Applies samples along the rows, then along the columns, of `[batch, height, width, channels]`. */
function resize(choose: typeof bilinear): Lowering {
  return (lowerer, node) => {
    const images = inputOf(node, "images");
    const [batch, height, width, channels] = four(images.shape);
    const [tall = 1, wide = 1] = listOf(node, "size");
    const sampling = samplingOf(node);
    const vertical = choose(height, tall, sampling);
    const horizontal = choose(width, wide, sampling);
    const repeats = choose === nearest && !sampling.alignCorners ? blockedRepeat(lowerer, images, [tall / height, wide / width]) : undefined;
    if (repeats) return repeats;
    const lines = apply(lowerer, lowerer.shaped(images, [batch, height, width * channels]), vertical, height);
    const columns = lowerer.reshape(rows(lines, [batch, tall, width * channels]), [batch * tall, width, channels]);
    return rows(apply(lowerer, columns, horizontal, width), [batch * tall, wide, channels]);
  };
}

function apply(lowerer: Lowerer, name: string, samples: readonly Sample[], length: number): string {
  if (isPick(samples)) {
    const places = samples.map((sample) => sample[0]?.[0] ?? 0);
    return lowerer.emit("Gather", [name, lowerer.builder.int32(places)], { axis: 1 });
  }
  return lowerer.emit("MatMul", [matrixOf(lowerer, samples, length, false), name]);
}

/** The transpose of `resize`. */
function gradient(choose: typeof bilinear): Lowering {
  return (lowerer, node) => {
    const [batch, height, width, channels] = four(inputOf(node, "images").shape);
    const dy = inputOf(node, "dy");
    const [, tall, wide] = four(dy.shape);
    const sampling = samplingOf(node);
    const vertical = matrixOf(lowerer, choose(height, tall, sampling), height, true);
    const horizontal = matrixOf(lowerer, choose(width, wide, sampling), width, true);
    const lines = lowerer.emit("MatMul", [vertical, lowerer.shaped(dy, [batch, tall, wide * channels])]);
    const columns = lowerer.reshape(rows(lines, [batch, height, wide * channels]), [batch * height, wide, channels]);
    return rows(lowerer.emit("MatMul", [horizontal, columns]), [batch * height, width, channels]);
  };
}

export const resizes: Readonly<Record<string, Lowering>> = {
  ResizeBilinear: resize(bilinear),
  ResizeBilinearGrad: gradient(bilinear),
  ResizeNearestNeighbor: resize(nearest),
  ResizeNearestNeighborGrad: gradient(nearest),
};
