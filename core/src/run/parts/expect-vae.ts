import type { VaeBackbone } from "../../contract/vae-backbone.js";
import { expectObject, expectParts, imageSpace, method, positiveCount, sentence, weights, type Giver, type PartList } from "./part.js";

const parts: PartList = {
  "encoder.latentDim": positiveCount,
  "encoder.input": imageSpace,
  "encoder.weights": weights,
  "encoder.encode": method,
  "decoder.output": imageSpace,
  "decoder.weights": weights,
  "decoder.decode": method,
  "decoder.image": method,
  lossConvention: { ...sentence, expected: 'a line that says what the loss sums and what it averages, such as "KL in nats, summed over latents, averaged over the batch"' },
  loss: method,
};

const optional: PartList = { "adversary.weights": weights, "adversary.loss": method, batchGroup: positiveCount, noise: method };

/** What the `build` of the plugin `use` returned, where it has the parts of a VAE. Throws `BACKBONE_INVALID` for the first that it lacks. */
export function expectVae(built: unknown, use: string): VaeBackbone {
  const giver: Giver = { use, slot: "vae", gives: "build", wanted: "{ encoder, decoder, lossConvention, loss }", code: "BACKBONE_INVALID" };
  expectParts(expectObject(built, giver), giver, parts, optional);
  return built as VaeBackbone;
}
