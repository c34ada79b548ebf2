import type { GanBackbone } from "../../contract/gan-backbone.js";
import { count, expectObject, expectParts, imageSpace, method, positiveCount, weights, type Giver, type PartList } from "./part.js";

const parts: PartList = {
  "generator.nuisanceDim": count,
  "generator.latentDim": positiveCount,
  "generator.output": imageSpace,
  "generator.weights": weights,
  "generator.generate": method,
  "discriminator.weights": weights,
  "discriminator.logits": method,
  discriminatorLoss: method,
  generatorLoss: method,
};

const optional: PartList = { "state.weights": weights, "state.update": method, "growth.phase": method, batchGroup: positiveCount, noise: method };

/** What the `build` of the plugin `use` returned, where it has the parts of a GAN. Throws `BACKBONE_INVALID` for the first that it lacks. */
export function expectGan(built: unknown, use: string): GanBackbone {
  const giver: Giver = { use, slot: "gan", gives: "build", wanted: "{ generator, discriminator, discriminatorLoss, generatorLoss }", code: "BACKBONE_INVALID" };
  expectParts(expectObject(built, giver), giver, parts, optional);
  return built as GanBackbone;
}
