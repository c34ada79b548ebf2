// A random small network for each number: a pure function of the number, so that a fault that was found can be made again.
import { countOf, createStream } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { createDraw, type Draw } from "./draw.js";
import { channelCounts, type ImageShape, type Layer, type LayerMaker, type Weight } from "./layer.js";
import { elementwiseLayers } from "./layers-elementwise.js";
import { imageLayers } from "./layers-image.js";
import { mixingLayers } from "./layers-mixing.js";
import { shapeLayers } from "./layers-shape.js";

const makers: Readonly<Record<string, LayerMaker>> = { ...imageLayers, ...elementwiseLayers, ...shapeLayers, ...mixingLayers };

/** Every kind of layer. */
export const layerKinds: readonly string[] = Object.keys(makers);

/** What networks are mostly made of, so that it meets everything else, and itself. */
const common = ["convolution", "convolution", "transposedConvolution", "activation", "activation", "bias"] as const;

/** Larger ones take the eager engine long, and find nothing else. */
const most = { images: 12_000, weight: 30_000 } as const;

export interface Network {
  readonly seed: number;
  /** The seed, and what the layers are, for a person. */
  readonly title: string;
  readonly kinds: readonly string[];
  readonly hasKinks: boolean;
  /** The images, and every layer's weights in order. */
  readonly inputs: readonly Weight[];
  readonly out: ImageShape;
  /** Applies the layers, and `after` to what each of them gives. */
  run(images: tf.Tensor, weights: readonly tf.Tensor[], after?: (output: tf.Tensor, layer: number) => tf.Tensor): tf.Tensor;
}

function drawKind(draw: Draw, often: readonly string[]): string {
  if (often.length > 0 && draw.chance(0.6)) return draw.pick(often as readonly [string, ...string[]]);
  return draw.chance(0.45) ? draw.pick(common) : draw.pick(layerKinds as readonly [string, ...string[]]);
}

/** The shape that a layer gives, or undefined where tfjs refuses it or it is no image of fair size. */
function shapeAfter({ run, weights = [] }: Layer, shape: ImageShape): ImageShape | undefined {
  if (weights.some((weight) => countOf(weight.shape) > most.weight)) return undefined;
  try {
    const out = tf.tidy(() => run(tf.zeros([...shape]), ...weights.map((weight) => tf.zeros([...weight.shape]))).shape);
    // A window that is larger than the image makes sides below 0, which tfjs lets pass.
    const isFair = out.length === 4 && out.every((side) => side >= 1) && countOf(out) <= most.images;
    return isFair ? (out as readonly number[] as ImageShape) : undefined;
  } catch {
    return undefined;
  }
}

/** The shape of some images: batches around a whole block too, which are small then. */
function drawImages(draw: Draw): ImageShape {
  const batch = draw.pick([1, 2, 3, 3, 4, 5, 16, 17]);
  const side = (): number => draw.integer(1, batch > 8 ? 6 : 9);
  const images: ImageShape = [batch, side(), side(), draw.pick(channelCounts)];
  return countOf(images) <= most.images ? images : drawImages(draw);
}

/** The network of a seed; one in which kinds of layers are to meet more `often` is another. */
export function networkOf(seed: number, often: readonly string[] = []): Network {
  const draw = createDraw(seed, "layers");
  const images = drawImages(draw);
  const layers: Layer[] = [];
  const kinds: string[] = [];
  let out = images;
  const wanted = draw.integer(2, 6);
  for (let tries = 0; tries < 3 * wanted && layers.length < wanted; tries += 1) {
    const kind = drawKind(draw, often);
    const layer = makers[kind]?.(draw, out);
    const shape = layer && shapeAfter(layer, out);
    if (layer === undefined || shape === undefined) continue;
    layers.push(layer);
    kinds.push(kind);
    out = shape;
  }
  return {
    seed,
    title: `seed ${seed}: [${images}] ${layers.map(({ label }) => label).join(" | ")} [${out}]`,
    kinds,
    hasKinks: layers.some(({ hasKinks }) => hasKinks),
    inputs: [{ shape: images, deviation: 1 }, ...layers.flatMap(({ weights = [] }) => weights)],
    out,
    run(x, weights, after = (output) => output) {
      let used = 0;
      return layers.reduce((y, layer, i) => {
        const own = weights.slice(used, (used += layer.weights?.length ?? 0));
        return after(layer.run(y as tf.Tensor4D, ...own), i);
      }, x);
    },
  };
}

/** Values for a network's inputs, of their deviations. */
export function feedsOf({ seed, inputs }: Network): readonly Float32Array[] {
  const stream = createStream(seed, "networks/feeds");
  return inputs.map(({ shape, deviation }, i) => stream.normal(i, countOf(shape)).map((value) => deviation * value));
}
