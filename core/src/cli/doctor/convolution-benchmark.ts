import * as tf from "@tensorflow/tfjs";
import type { Engine, Step } from "../../contract/engine.js";
import { createStream } from "../../ops/random/stream.js";

/** A convolution of NHWC images without bias, `same` padding. */
export interface Convolution {
  /** `[batch, height, width, channels]`. */
  readonly x: readonly number[];
  /** `[height, width, in, out]`. */
  readonly filter: readonly number[];
  readonly stride: number;
}

/** How fast an engine does some convolutions, each with both its gradients. */
export interface Speed {
  /** Of one after the other, as often as they were given. */
  readonly milliseconds: number;
  readonly gigaflops: number;
  readonly slowest: Timing;
}

/** One convolution with both its gradients; each of the three costs the same number of operations. */
export interface Timing {
  readonly convolution: Convolution;
  readonly milliseconds: number;
  readonly gigaflops: number;
}

/** Runs each different one of the convolutions for its share of about `seconds`. */
export async function measureConvolutions(engine: Engine, convolutions: readonly Convolution[], seconds: number): Promise<Speed> {
  const kinds = new Map<string, { readonly convolution: Convolution; times: number }>();
  for (const convolution of convolutions) {
    const key = JSON.stringify(convolution);
    const kind = kinds.get(key) ?? { convolution, times: 0 };
    kind.times += 1;
    kinds.set(key, kind);
  }
  const timings: Timing[] = [];
  let milliseconds = 0;
  let flops = 0;
  for (const { convolution, times } of kinds.values()) {
    const timing = await measureConvolution(engine, convolution, seconds / kinds.size);
    timings.push(timing);
    milliseconds += timing.milliseconds * times;
    flops += timing.milliseconds * timing.gigaflops * times;
  }
  const slowest = timings.toSorted((a, b) => a.gigaflops - b.gigaflops)[0] as Timing;
  return { milliseconds, gigaflops: flops / milliseconds, slowest };
}

/** An engine that would take longer than `seconds` for one call is timed on fewer images, and the time is scaled to all of them. */
export async function measureConvolution(engine: Engine, convolution: Convolution, seconds: number): Promise<Timing> {
  const trial = await repeat(engine, withBatch(convolution, 1), 0);
  const wanted = convolution.x[0] ?? 1;
  const batch = Math.max(1, Math.min(wanted, Math.floor((seconds * 1000) / trial)));
  const milliseconds = (await repeat(engine, withBatch(convolution, batch), seconds)) * (wanted / batch);
  return { convolution, milliseconds, gigaflops: (3 * flopsOfConvolution(convolution)) / milliseconds / 1e6 };
}

/** Mean milliseconds of a call, over `seconds` and at least one call, after one that is not counted. */
async function repeat(engine: Engine, convolution: Convolution, seconds: number): Promise<number> {
  const compiled = await engine.compile(convolutionStep(convolution));
  try {
    const random = createStream(0, "doctor");
    const feeds = { x: random.normal(0, product(convolution.x)), filter: random.normal(1, product(convolution.filter)) };
    await compiled.run(feeds);
    const start = performance.now();
    let calls = 0;
    let elapsed = 0;
    do {
      await compiled.run(feeds);
      calls += 1;
      elapsed = performance.now() - start;
    } while (elapsed < seconds * 1000);
    return elapsed / calls;
  } finally {
    await compiled.dispose();
  }
}

function withBatch({ x, ...rest }: Convolution, batch: number): Convolution {
  return { ...rest, x: [batch, ...x.slice(1)] };
}

/** Of one forward pass; each of the two gradients costs the same again. */
export function flopsOfConvolution({ x: [batch = 0, height = 0, width = 0], filter, stride }: Convolution): number {
  return 2 * batch * Math.ceil(height / stride) * Math.ceil(width / stride) * product(filter);
}

export function convolutionStep({ x, filter, stride }: Convolution): Step<"x" | "filter", "value" | "dx" | "dFilter"> {
  return {
    name: "doctor-convolution",
    inputs: { x, filter },
    run: (inputs) => {
      const energy = (images: tf.Tensor, weights: tf.Tensor) => tf.sum(tf.square(tf.conv2d(images as tf.Tensor4D, weights as tf.Tensor4D, stride, "same")));
      const { value, grads } = tf.valueAndGrads(energy)([inputs.x, inputs.filter]);
      const [dx, dFilter] = grads as [tf.Tensor, tf.Tensor];
      // Sums come back in place of the gradients, so that copying takes no time beside the convolutions.
      return { value, dx: tf.sum(dx), dFilter: tf.sum(dFilter) };
    },
  };
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}
