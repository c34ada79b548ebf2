import type { ResolvedRun } from "../../config/resolve-run.js";
import type { Dataset } from "../../contract/dataset.js";
import type { Engine } from "../../contract/engine.js";
import { describeSpace } from "../../contract/image-space.js";
import { IdganError } from "../../contract/error.js";
import type { VaeBackbone } from "../../contract/vae-backbone.js";
import { hashWeights } from "../../stages/weights-hash.js";
import { expectSameEncoder } from "../checkpoint-origin.js";
import { findVae, takeVae, type Tell } from "../load-vae.js";
import { buildVae } from "../models.js";
import { readManifest } from "../record/checkpoint.js";
import { CheckpointStore } from "../record/checkpoint-store.js";
import type { RunDirectory } from "../record/run-directory.js";
import type { EncoderRecord } from "./metrics-file.js";

/** The trained VAE of a run. */
export interface OpenEncoder {
  readonly vae: VaeBackbone;
  readonly record: EncoderRecord;
  /** As the run that trained it wrote it down: built for other images, the VAE may say something else. Older checkpoints do not say. */
  readonly lossConvention: string | undefined;
  /** Of the images that it was trained on. */
  readonly trainedOn: string;
  /** Frees its variables. */
  close(): void;
}

/**
 * Builds the VAE of a run for images like those of `dataset`, with the weights of its newest stage 1, or of the earlier one that it takes.
 * Throws `DATA_INVALID` where the encoder was trained for other images than these.
 */
export async function openEncoder({ directory, resolved, engine, dataset, tell }: { readonly directory: RunDirectory; readonly resolved: ResolvedRun; readonly engine: Engine; readonly dataset: Dataset; readonly tell: Tell }): Promise<OpenEncoder> {
  const { config } = resolved;
  const vae = buildVae(resolved, dataset);
  const close = (): void => {
    for (const weights of [vae.encoder.weights, vae.decoder.weights, vae.adversary?.weights ?? {}]) for (const variable of Object.values(weights)) variable.dispose();
  };
  try {
    const checkpoint = await findVae(config.encoder.from ?? directory.path, config, tell);
    const { path, manifest } = checkpoint;
    await takeVae(engine, vae, checkpoint).catch((error: unknown) => {
      throw manifest.dataFingerprint === dataset.fingerprint ? error : misfit(error, directory.path, dataset);
    });
    const hash = await hashWeights(engine, vae.encoder.weights);
    const [distilled] = await new CheckpointStore(directory.checkpoints).list("synthesise");
    if (distilled) expectSameEncoder({ path: distilled.path, manifest: await readManifest(distilled.path) }, hash);
    return { vae, record: { hash, step: manifest.step, checkpoint: path }, lossConvention: manifest.lossConvention, trainedOn: manifest.dataFingerprint, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Where the images are others than those of the training, weights that do not fit are the images' fault. */
function misfit(error: unknown, run: string, { name, image }: Dataset): unknown {
  if (!(error instanceof IdganError) || error.code !== "CHECKPOINT_INVALID") return error;
  return new IdganError("DATA_INVALID", `${name}: its images are ${describeSpace(image)}, and the encoder of ${run} does not take them. Choose data, or options of it, with as many channels as the run's own. (${error.message})`, error);
}
