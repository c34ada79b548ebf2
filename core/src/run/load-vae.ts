import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RunConfig } from "../config/run-config.js";
import type { Engine } from "../contract/engine.js";
import { IdganError } from "../contract/error.js";
import type { VaeBackbone } from "../contract/vae-backbone.js";
import { vaeWeights } from "../stages/vae-update.js";
import { readCheckpoint, type Checkpoint } from "./record/checkpoint.js";
import { CheckpointStore } from "./record/checkpoint-store.js";
import { openRunDirectory } from "./record/run-directory.js";
import { subState, writeState } from "./state.js";

/** Told which checkpoint was taken, and of what is doubtful about it. */
export type Tell = (level: "info" | "warning", text: string) => void;

/**
 * Gives `backbone` the encoder and decoder of an earlier stage 1: a run directory, whose newest checkpoint is taken, or one checkpoint file.
 * Throws `ENCODER_MISMATCH` where that run's VAE is not the one that `config` describes.
 */
export async function loadVae(engine: Engine, backbone: VaeBackbone, from: string, config: RunConfig, tell: Tell): Promise<void> {
  await takeVae(engine, backbone, await findVae(from, config, tell));
}

/** The checkpoint that {@link loadVae} takes. */
export async function findVae(from: string, config: RunConfig, tell: Tell): Promise<Checkpoint> {
  const checkpoint = await findCheckpoint(from, tell);
  const { path, manifest } = checkpoint;
  if (manifest.stage !== "represent") {
    throw new IdganError("ENCODER_MISMATCH", `${path} is a checkpoint of stage 2, which holds no encoder. Name a run directory, or one of its represent-*.safetensors files.`);
  }
  await expectSameVae(path, config);
  tell("info", `encoder of ${path}, update ${manifest.step}`);
  if (!manifest.final) tell("warning", `${path} is not the end of its stage 1, which was to go on.`);
  return checkpoint;
}

/** Gives `backbone` the encoder and decoder of a checkpoint of stage 1. */
export async function takeVae(engine: Engine, backbone: VaeBackbone, { path, tensors }: Checkpoint): Promise<void> {
  const kept = new Map([...subState(tensors, "encoder")].map(([name, tensor]) => [`encoder/${name}`, tensor]));
  for (const [name, tensor] of subState(tensors, "decoder")) kept.set(`decoder/${name}`, tensor);
  await writeState(engine, vaeWeights(backbone), kept, path);
}

async function findCheckpoint(from: string, tell: Tell): Promise<Checkpoint> {
  const found = await stat(from).catch(() => undefined);
  if (!found) {
    throw new IdganError("DATA_NOT_FOUND", `encoder.from names ${from}, which does not exist. Name a run directory, or a checkpoint of its stage 1.`);
  }
  if (!found.isDirectory()) return readCheckpoint(from);
  const run = await openRunDirectory(from);
  const last = await new CheckpointStore(run.checkpoints, { warn: (text) => tell("warning", text) }).latest("represent");
  if (!last) throw new IdganError("CHECKPOINT_INVALID", `The run in ${from} has no checkpoint of stage 1 yet. Train it, or name another in encoder.from.`);
  return last;
}

/** Compares with the config beside the checkpoint; a file that was moved away from its run is judged by its tensors' shapes alone. */
async function expectSameVae(checkpoint: string, { vae }: RunConfig): Promise<void> {
  const directory = dirname(dirname(checkpoint));
  const beside = await stat(join(directory, "config.json")).catch(() => undefined);
  if (!beside) return;
  const saved = ((await (await openRunDirectory(directory)).readConfig()) as RunConfig).vae;
  for (const key of ["use", "size", "latentDim"] as const) {
    if (saved[key] !== vae[key]) {
      throw new IdganError("ENCODER_MISMATCH", `The encoder of ${directory} was trained with vae.${key} = ${saved[key]}, and this run says ${vae[key]}. Set vae.${key} to ${saved[key]}.`);
    }
  }
}
