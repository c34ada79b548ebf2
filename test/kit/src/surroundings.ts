import * as tf from "@tensorflow/tfjs";
import assert from "node:assert/strict";

/** What a plugin shares with everything else in the process, and leaves as it finds it. */
export interface Surroundings {
  /** Fails for what has changed since. */
  assertSame(): void;
  /** Puts back what has changed, so that one plugin's fault stays its own. */
  restore(): void;
}

/** Remembers tfjs's backend, kernels and gradients, `Math.random`, the clock, and what is global. */
export function rememberSurroundings(): Surroundings {
  const backend = tf.getBackend();
  const { random } = Math;
  const { now } = Date;
  const kernels = kernelsOf(backend);
  const gradients = gradientsOf(kernels);
  const globals = new Set(Object.keys(globalThis));
  return {
    assertSame() {
      assert.equal(tf.getBackend(), backend, "The plugin changed tfjs's backend; the engine chooses it.");
      assert.equal(Math.random, random, "The plugin replaced Math.random.");
      assert.equal(Date.now, now, "The plugin replaced Date.now.");
      assert.deepEqual(differing(kernels, kernelsOf(backend)), [], "The plugin changed kernels of tfjs, which every other plugin shares.");
      assert.deepEqual(differing(gradients, gradientsOf(kernels)), [], "The plugin changed gradients of tfjs, which every other plugin shares.");
      assert.deepEqual(Object.keys(globalThis).filter((name) => !globals.has(name)), [], "The plugin left something global.");
    },
    restore() {
      Math.random = random;
      Date.now = now;
      void tf.setBackend(backend);
      for (const name of differing(gradients, gradientsOf(kernels))) {
        if (tf.getGradient(name) !== undefined) tf.unregisterGradient(name);
        const gradient = gradients.get(name) as tf.GradConfig | undefined;
        if (gradient) tf.registerGradient(gradient);
      }
      for (const name of Object.keys(globalThis)) {
        if (!globals.has(name)) Reflect.deleteProperty(globalThis, name);
      }
    },
  };
}

function kernelsOf(backend: string): ReadonlyMap<string, unknown> {
  return new Map(tf.getKernelsForBackend(backend).map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]));
}

function gradientsOf(kernels: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
  return new Map([...kernels.keys()].map((name) => [name, tf.getGradient(name)]));
}

function differing(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name));
}
