import { createHash } from "node:crypto";
import type { Engine } from "../contract/engine.js";
import type { Weights } from "../contract/weights.js";

/** SHA-256, in hex, over the sorted names, shapes and bytes of weights as the engine holds them. */
export async function hashWeights(engine: Engine, weights: Weights): Promise<string> {
  const hash = createHash("sha256");
  for (const name of Object.keys(weights).sort()) {
    const variable = weights[name]!;
    const values = await engine.read(variable);
    hash.update(`${name}\n${variable.shape.join(",")}\n`);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest("hex");
}
