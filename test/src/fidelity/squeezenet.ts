// SqueezeNet 1.1: Iandola et al., https://arxiv.org/abs/1602.07360, as https://github.com/pytorch/vision (models/squeezenet.py) has it.
import * as tf from "@tensorflow/tfjs";
import { batchShape, bilinearTo, type Engine, type ImageSpace, type Step } from "@idgan/core";
import { readNpz } from "./npz.js";

/** A network that describes images by numbers. */
export interface FeatureNetwork {
  /** Numbers for each image. */
  readonly featureCount: number;
  /** Any number of images, `[n, height, width, channels]`, to `[n, featureCount]`. */
  features(images: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

export interface SqueezeNetInput {
  /** Space of the images; one channel is repeated to three. */
  readonly image: ImageSpace;
  /** Images in one call of the compiled step. */
  readonly batch: number;
  /** Side that images are scaled to first. The network was trained on 224; a side that pools without a rest (63, 64, 127, 128, 223, 224, …). */
  readonly side?: number;
}

/** Mean and standard deviation of ImageNet's pixels, by channel. */
const imageNet = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };
const featureCount = 512;
const fires = new Set([3, 4, 6, 7, 9, 10, 11, 12]);
const pools = new Set([2, 5, 8]);

type Layers = ReadonlyMap<string, tf.Variable>;

/** The 512 channels of `features[12]`, averaged over the image, with torchvision's ImageNet weights from the npz at `path`. */
export async function createSqueezeNet(engine: Engine, path: string | URL, { image, batch, side = 224 }: SqueezeNetInput): Promise<FeatureNetwork> {
  const layers = readLayers(path);
  const step: Step<"images", "features"> = {
    name: "squeezenet",
    inputs: { images: batchShape(image, batch) },
    run: ({ images }) => ({ features: tf.mean(describe(prepare(images as tf.Tensor4D, image, side), layers), [1, 2]) }),
  };
  const compiled = await engine.compile(step);
  const length = image.height * image.width * image.channels;

  return {
    featureCount,
    async features(images) {
      const count = images.length / length;
      const features = new Float32Array(count * featureCount);
      const padded = new Float32Array(batch * length);
      for (let start = 0; start < count; start += batch) {
        padded.set(images.subarray(start * length, (start + batch) * length));
        const found = (await compiled.run({ images: padded })).features;
        features.set(found.subarray(0, Math.min(batch, count - start) * featureCount), start * featureCount);
      }
      return features;
    },
    async dispose() {
      await compiled.dispose();
      tf.dispose([...layers.values()]);
    },
  };
}

/** The convolutions under torchvision's names, kernels turned from `[out, in, height, width]` to `[height, width, in, out]`. */
function readLayers(path: string | URL): Layers {
  const layers = new Map<string, tf.Variable>();
  for (const [name, { shape, data }] of readNpz(path)) {
    if (name.startsWith("features.")) {
      const variable = tf.tidy(() => {
        const tensor = tf.tensor(data, [...shape], "float32");
        return tf.variable(shape.length === 4 ? tf.transpose(tensor, [2, 3, 1, 0]) : tensor, false);
      });
      layers.set(name, variable);
    }
  }
  return layers;
}

function prepare(images: tf.Tensor4D, { channels, range: [low, high] }: ImageSpace, side: number): tf.Tensor4D {
  const unit = tf.div<tf.Tensor4D>(tf.sub(images, low), high - low);
  const colour = channels === 1 ? tf.concat([unit, unit, unit], 3) : unit;
  return tf.div(tf.sub(bilinearTo(colour, side, side), imageNet.mean), imageNet.deviation);
}

/** `features[0]` to `features[12]`. */
function describe(x: tf.Tensor4D, layers: Layers): tf.Tensor4D {
  let hidden = convolve(x, layers, "features.0", 2);
  for (let layer = 2; layer <= 12; layer += 1) {
    if (pools.has(layer)) {
      hidden = pool(hidden);
    } else if (fires.has(layer)) {
      const squeezed = convolve(hidden, layers, `features.${layer}.squeeze`);
      hidden = tf.concat([convolve(squeezed, layers, `features.${layer}.expand1x1`), convolve(squeezed, layers, `features.${layer}.expand3x3`)], 3);
    }
  }
  return hidden;
}

function convolve(x: tf.Tensor4D, layers: Layers, name: string, stride = 1): tf.Tensor4D {
  const kernel = layers.get(`${name}.weight`) as tf.Variable<tf.Rank.R4>;
  const bias = layers.get(`${name}.bias`) as tf.Variable<tf.Rank.R1>;
  return tf.relu(tf.add(tf.conv2d(x, kernel, stride, stride === 1 ? "same" : "valid"), bias));
}

/** torchvision rounds the pooled side up, tfjs down; so no rest may be left. */
function pool(x: tf.Tensor4D): tf.Tensor4D {
  if ((x.shape[1] - 3) % 2 !== 0) {
    throw new RangeError(`a side of ${x.shape[1]} pools with a rest: choose another \`side\``);
  }
  return tf.maxPool(x, 3, 2, "valid");
}
