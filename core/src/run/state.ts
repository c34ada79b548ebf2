import { IdganError } from "../contract/error.js";
import type { Engine } from "../contract/engine.js";
import type { Weights } from "../contract/weights.js";
import type { TensorRecord, TensorRecords } from "./record/safetensors.js";

/** Values of `weights` as the engine holds them. */
export async function readState(engine: Engine, weights: Weights): Promise<Map<string, TensorRecord>> {
  const tensors = new Map<string, TensorRecord>();
  for (const [name, variable] of Object.entries(weights)) {
    tensors.set(name, { shape: variable.shape, data: await engine.read(variable) });
  }
  return tensors;
}

/** Gives `weights` the saved values. Nothing is written unless every name and shape fits; `where` names the file. */
export async function writeState(engine: Engine, weights: Weights, saved: TensorRecords, where: string): Promise<void> {
  const refuse = (what: string): never => {
    throw new IdganError("CHECKPOINT_INVALID", `${where} is of another architecture: ${what}. Use the config that it was trained with (config.json beside its checkpoints).`);
  };
  for (const [name, variable] of Object.entries(weights)) {
    const tensor = saved.get(name);
    if (!tensor) return refuse(`it has no tensor "${name}"`);
    if (tensor.shape.join() !== variable.shape.join()) {
      return refuse(`its tensor "${name}" is [${tensor.shape.join(", ")}] and the model's is [${variable.shape.join(", ")}]`);
    }
  }
  const unknown = [...saved.keys()].find((name) => !(name in weights));
  if (unknown !== undefined) return refuse(`its tensor "${unknown}" has no place in the model`);
  for (const [name, variable] of Object.entries(weights)) await engine.write(variable, saved.get(name)!.data);
}

/** The tensors whose names begin with `prefix/`, without it. */
export function subState(saved: TensorRecords, prefix: string): TensorRecords {
  const start = `${prefix}/`;
  return new Map([...saved].filter(([name]) => name.startsWith(start)).map(([name, tensor]) => [name.slice(start.length), tensor]));
}
