import { coreVersion } from "../config/core-version.js";
import type { ResolvedRun } from "../config/resolve-run.js";
import type { Dataset } from "../contract/dataset.js";
import type { Engine } from "../contract/engine.js";
import { IdganError } from "../contract/error.js";
import type { Checkpoint, CheckpointManifest } from "./record/checkpoint.js";
import { hashIdentity } from "./run-identity.js";

/** What a checkpoint says of where it comes from. */
export type CheckpointOrigin = Pick<CheckpointManifest, "configHash" | "dataFingerprint" | "encoderHash" | "lossConvention" | "engine" | "coreVersion">;

export function checkpointOrigin({ config }: ResolvedRun, engine: Engine, dataset: Dataset, encoderHash?: string): CheckpointOrigin {
  return {
    configHash: hashIdentity(config),
    dataFingerprint: dataset.fingerprint,
    engine: engine.name,
    coreVersion,
    ...(encoderHash === undefined ? {} : { encoderHash }),
  };
}

/** Refuses to go on from a checkpoint of another run, of other images, or of another encoder. */
export function expectOwn({ path, manifest }: Checkpoint, origin: CheckpointOrigin): void {
  if (manifest.configHash !== origin.configHash) {
    throw new IdganError("CHECKPOINT_INVALID", `${path} belongs to another run: it was trained with other settings than config.json says. Put the run's own checkpoint back.`);
  }
  if (manifest.dataFingerprint !== origin.dataFingerprint) {
    throw new IdganError("DATA_INVALID", `The images changed since ${path} was written. Restore them, or start a new run on the new ones.`);
  }
  expectSameEncoder({ path, manifest }, origin.encoderHash);
}

/** Refuses a stage 2 that was distilled from another encoder than the one whose hash is given. */
export function expectSameEncoder({ path, manifest }: Pick<Checkpoint, "path" | "manifest">, hash: string | undefined): void {
  if (manifest.encoderHash !== hash) {
    throw new IdganError(
      "ENCODER_MISMATCH",
      `${path} was distilled from the encoder ${manifest.encoderHash?.slice(0, 12)}, and the run now has ${hash?.slice(0, 12)}. Put the original stage 1 checkpoint back, or start a new run.`,
    );
  }
}
