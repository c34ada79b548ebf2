import test, { type ExecutionContext } from "ava";
import * as tf from "@tensorflow/tfjs";
import { readFileSync } from "node:fs";
import { signedSpace, unitSpace } from "../contract/image-space.js";
import { createStream } from "./random/stream.js";
import { averageTo, bicubicTo, bilinearTo, bridge } from "./resample.js";

const tolerance = 1e-6;

test.before(async () => {
  await tf.setBackend("cpu");
});

function images(shape: [number, number, number, number], step = 0): tf.Tensor4D {
  return tf.tensor4d(createStream(6, "resample").normal(step, shape.reduce((a, b) => a * b)), shape);
}

function close(t: ExecutionContext, actual: tf.Tensor, expected: ArrayLike<number>): void {
  const values = actual.dataSync();
  t.is(values.length, expected.length);
  const error = Math.max(...Array.from(values, (value, i) => Math.abs(value - (expected[i] ?? Number.NaN))));
  t.true(error < tolerance, `error ${error}`);
}

test("a whole ratio averages exact boxes", (t) => {
  const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 4, 1]);
  close(t, averageTo(x, 1, 2), [(1 + 2 + 5 + 6) / 4, (3 + 4 + 7 + 8) / 4]);
  t.is(averageTo(x, 2, 4), x);
});

test("another ratio averages all that each interval touches, as adaptive_avg_pool2d", (t) => {
  const row = tf.tensor4d([1, 2, 3, 4, 5], [1, 1, 5, 1]);
  close(t, averageTo(row, 1, 3), [1.5, 3, 4.5]); // [0, 2) [1, 4) [3, 5)
  const column = tf.tensor4d([1, 2, 3, 4, 5], [1, 5, 1, 1]);
  close(t, averageTo(column, 2, 1), [2, 4]); // [0, 3) [2, 5)
});

test("channels and images are kept apart", (t) => {
  const x = images([3, 6, 6, 2]);
  const [first] = tf.split(averageTo(x, 4, 4), 2, 3);
  const [channel] = tf.split(x, 2, 3);
  close(t, first ?? x, averageTo(channel as tf.Tensor4D, 4, 4).dataSync());
  close(t, tf.slice(bilinearTo(x, 9, 9), [2, 0, 0, 0], [1, 9, 9, 2]), bilinearTo(tf.slice(x, [2, 0, 0, 0], [1, 6, 6, 2]), 9, 9).dataSync());
});

test("bilinear interpolation has its centres at half positions", (t) => {
  close(t, bilinearTo(tf.tensor4d([0, 4], [1, 1, 2, 1]), 1, 4), [0, 1, 3, 4]);
  const x = images([2, 5, 4, 3]);
  close(t, bilinearTo(x, 12, 8), tf.image.resizeBilinear(x, [12, 8], false, true).dataSync());
});

test("the bridge maps the range, then goes down by area and up bilinearly", (t) => {
  const x = images([2, 8, 8, 1]);
  const mapped = tf.add<tf.Tensor4D>(tf.mul(x, 0.5), 0.5);
  close(t, bridge(x, signedSpace(8, 1), unitSpace(4, 1)), averageTo(mapped, 4, 4).dataSync());
  close(t, bridge(x, signedSpace(8, 1), unitSpace(16, 1)), bilinearTo(mapped, 16, 16).dataSync());
  close(t, bridge(x, signedSpace(8, 1), unitSpace(8, 1)), mapped.dataSync());
  const mixed = bridge(x, signedSpace(8, 1), { ...unitSpace(4, 1), width: 16 });
  close(t, mixed, averageTo(bilinearTo(mapped, 8, 16), 4, 16).dataSync());
});

test("the bridge between equal spaces is the image itself, and takes the size from the image", (t) => {
  const x = images([2, 8, 8, 1]);
  t.is(bridge(x, unitSpace(8, 1), unitSpace(8, 1)), x);
  t.deepEqual(bridge(x, signedSpace(1024, 1), unitSpace(64, 1)).shape, [2, 64, 64, 1]);
});

test("the bridge refuses other channels", (t) => {
  const x = images([2, 8, 8, 1]);
  t.throws(() => bridge(x, signedSpace(8, 1), unitSpace(8, 3)), { code: "BACKBONE_INVALID", message: /channels differ/ });
  t.throws(() => bridge(x, signedSpace(8, 3), unitSpace(8, 3)), { code: "BACKBONE_INVALID", message: /a tensor of 1 channels/ });
});

test("gradients are those of a linear map: <A x, y> = <x, A' y>", (t) => {
  const maps: readonly ((x: tf.Tensor4D) => tf.Tensor4D)[] = [
    (x) => averageTo(x, 4, 4),
    (x) => averageTo(x, 3, 5),
    (x) => bilinearTo(x, 11, 16),
  ];
  for (const map of maps) {
    const x = images([2, 8, 8, 3]);
    const y = images(map(x).shape, 1);
    const transposed = tf.grad((image) => tf.sum(tf.mul(map(image as tf.Tensor4D), y)))(tf.zerosLike(x));
    const left = tf.sum(tf.mul(map(x), y)).dataSync()[0] ?? 0;
    const right = tf.sum(tf.mul(x, transposed)).dataSync()[0] ?? 0;
    t.true(Math.abs(left - right) < 1e-4, `${left} ${right}`);
  }
});

interface BicubicCase {
  readonly width: number;
  readonly height: number;
  readonly toWidth: number;
  readonly toHeight: number;
  readonly pixels: readonly number[];
}

test("bicubic interpolation of floats is Pillow's, antialiased when reducing, on each channel alone", (t) => {
  const { every, cases } = JSON.parse(readFileSync(new URL("../../../test/fixtures/pil_bicubic.json", import.meta.url), "utf8")) as { every: number; cases: readonly BicubicCase[] };
  const close255 = 2e-4; // of 255: float32 sums
  for (const { width, height, toWidth, toHeight, pixels } of cases) {
    const drawn = Float32Array.from({ length: width * height }, (_, k) => {
      const [x, y] = [k % width, Math.floor(k / width)];
      return 127.5 + 70 * Math.sin(0.37 * x + 0.2) * Math.cos(0.23 * y) + 50 * (((Math.floor(x / 3) + Math.floor(y / 4)) % 2) * 2 - 1);
    });
    const resized = tf.tidy(() => {
      const one = tf.tensor4d(drawn, [1, height, width, 1]);
      const [first, second] = tf.split(bicubicTo(tf.concat([one, tf.neg(one)], 3), toHeight, toWidth), 2, 3) as [tf.Tensor, tf.Tensor];
      return [first.dataSync(), second.dataSync()] as const;
    });
    t.is(resized[0].length, toWidth * toHeight);
    for (const [i, expected] of pixels.entries()) {
      const at = i * every;
      t.true(Math.abs((resized[0][at] ?? Number.NaN) - expected) <= close255 && Math.abs((resized[1][at] ?? Number.NaN) + expected) <= close255, `${width}x${height} to ${toWidth}x${toHeight}, pixel ${at}: ${resized[0][at]}, expected ${expected}`);
    }
  }
});
