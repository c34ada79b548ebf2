// The program that `prove` runs: one convolution on TensorFlow, compared with the sum written out.
import * as tf from "@tensorflow/tfjs";
import { describeDevice } from "../device.js";
import { backendName, loadBinding } from "../load.js";
import { standardOptions } from "../standard-options.js";
import { applySettings } from "../settings.js";

const size = 5;
const value = (i: number): number => ((i * 7) % 11) - 5;
const image = Float32Array.from({ length: size * size }, (_, i) => value(i));
const kernel = Float32Array.from({ length: 9 }, (_, i) => value(i + 3));

/** The valid correlation of the image and the kernel, row by row. */
function expected(): number[] {
  const side = size - 2;
  return Array.from({ length: side * side }, (_, at) => {
    const [y, x] = [Math.floor(at / side), at % side];
    return kernel.reduce((sum, weight, i) => sum + weight * (image[(y + Math.floor(i / 3)) * size + x + (i % 3)] ?? 0), 0);
  });
}

applySettings(standardOptions);
const loaded = loadBinding();
await tf.setBackend(backendName);
const found = tf.conv2d(tf.tensor4d(image, [1, size, size, 1]), tf.tensor4d(kernel, [3, 3, 1, 1]), 1, "valid").dataSync();
const wrong = expected().findIndex((sum, i) => Math.abs(sum - (found[i] ?? Number.NaN)) > 1e-3);
if (wrong >= 0) throw new Error(`Element ${wrong} of the convolution is ${found[wrong]}, not ${expected()[wrong]}.`);
process.stdout.write(`${describeDevice(loaded, standardOptions)}\n`);
