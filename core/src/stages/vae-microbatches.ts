import type * as tf from "@tensorflow/tfjs";
import type { CompiledStep, Engine, Step } from "../contract/engine.js";
import type { Weights } from "../contract/weights.js";
import { expectSaved } from "./expect-saved.js";
import { Accumulator, carryFeed, meanOf, partOf, type Microbatches } from "./microbatch.js";
import { prefixed } from "./step-noise.js";
import { vaeGradients, vaeInputs, vaeWeights, type VaeUpdate } from "./vae-update.js";

/** What `vaeUpdate` does, in less memory: the gradients of one microbatch after the other, then the optimizer. A VAE with an adversary has no parts. */
export async function compileVaeMicrobatches(engine: Engine, update: VaeUpdate, parts: Microbatches, state: Weights): Promise<CompiledStep> {
  const sums = new Accumulator(vaeWeights(update.backbone), parts);
  const gradients: Step = {
    name: "vae-gradients",
    inputs: { ...vaeInputs({ ...update, batch: parts.size }), carry: [] },
    run(inputs) {
      const main = vaeGradients(update, inputs);
      sums.add(main.gradients, inputs["carry"] as tf.Scalar);
      return main.values;
    },
  };
  const apply: Step = {
    name: "vae-apply",
    inputs: { learningRate: [] },
    run({ learningRate }) {
      update.optimizer.apply(sums.sums, learningRate as tf.Scalar);
      return {};
    },
  };
  const saved = { ...state, ...prefixed("sums", sums.sums) };
  for (const step of [gradients, apply]) expectSaved(step, saved);
  const [first, last] = [await engine.compile(gradients), await engine.compile(apply)];
  return {
    name: `vae-update in microbatches of ${parts.size}`,
    async run(feeds, fetch = true) {
      const losses: Readonly<Record<string, Float32Array>>[] = [];
      for (let index = 0; index < parts.count; index += 1) losses.push(await first.run(partOf({ ...feeds, carry: carryFeed(index) }, gradients.inputs, index), fetch));
      await last.run({ learningRate: feeds["learningRate"] as Float32Array }, false);
      return fetch ? meanOf(losses) : {};
    },
    async dispose() {
      await first.dispose();
      await last.dispose();
      sums.dispose();
    },
  };
}
