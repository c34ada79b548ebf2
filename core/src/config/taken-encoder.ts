import { IdganError } from "../contract/error.js";
import { isJsonObject, type JsonValue } from "./json.js";
import { writerOf, type Layer } from "./layer.js";
import type { RunConfig } from "./run-config.js";

/** A last layer for a run that takes an earlier encoder: stage 1 makes no updates, whatever the layers below say. */
export function takenEncoderLayers(given: readonly Layer[], folder: string): readonly Layer[] {
  const taken = given.findLast((layer) => said(layer, "encoder", "from") !== undefined);
  if (taken === undefined || said(taken, "encoder", "from") === null) {
    return [];
  }
  return [{ name: "encoder.from", folder, file: null, plugins: [], data: { represent: { steps: 0 } } }];
}

/** Refuses a run whose encoder would be the random one of its first moment. */
export function refuseUntrainedEncoder({ represent, encoder }: RunConfig, layers: readonly Layer[]): void {
  if (represent.steps > 0 || encoder.from !== null) {
    return;
  }
  const writer = layers.findLast((layer) => said(layer, "represent", "steps") !== undefined);
  const where = writer === undefined ? "" : `${writerOf(writer, "represent.steps")}: `;
  throw new IdganError("CONFIG_VALUE", `${where}"represent.steps" is 0, which leaves the encoder untrained. Set it above 0, or "encoder.from" to an earlier run whose encoder is taken.`);
}

function said({ data }: Layer, group: string, key: string): JsonValue | undefined {
  const values = data[group];
  return isJsonObject(values) ? values[key] : undefined;
}
