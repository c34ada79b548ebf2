import { resolveRun } from "../config/resolve-run.js";
import type { Engine } from "../contract/engine.js";
import { IdganError } from "../contract/error.js";
import type { Generator } from "../contract/gan-backbone.js";
import type { VaeBackbone } from "../contract/vae-backbone.js";
import { expectPhase, grownTo } from "../stages/grown.js";
import type { FixedControls } from "../stages/viewing-steps.js";
import { hashWeights } from "../stages/weights-hash.js";
import { expectSameEncoder } from "./checkpoint-origin.js";
import { loadVae, type Tell } from "./load-vae.js";
import { CheckpointStore } from "./record/checkpoint-store.js";
import { openRunDirectory } from "./record/run-directory.js";
import { openRunModels } from "./run-models.js";
import { trainOn } from "./train-on.js";
import { subState, writeState } from "./state.js";
import { Studio } from "./studio.js";
import { toldPreparation } from "./told-preparation.js";

/** The trained models of a run, ready to be looked through. */
export interface OpenModels {
  /** Folder of the run's pictures. */
  readonly images: string;
  readonly engine: Engine;
  readonly studio: Studio;
  readonly vae: VaeBackbone;
  /** With the averaged weights. */
  readonly generator: Generator;
  close(): Promise<void>;
}

/** Opens a run's newest weights: the frozen VAE of stage 1, and the averaged generator of stage 2. `tell` hears of a damaged checkpoint that was passed over; `controls` are how the generator makes its images, where it heeds them. */
export async function openModels(path: string, tell: Tell = () => undefined, controls?: FixedControls): Promise<OpenModels> {
  const directory = await openRunDirectory(path);
  const resolved = await resolveRun({ config: directory.config });
  const { config } = resolved;
  const last = await new CheckpointStore(directory.checkpoints, { warn: (text) => tell("warning", text) }).latest("synthesise");
  if (!last) throw new IdganError("CHECKPOINT_INVALID", `The run in ${path} has no generator yet: stage 2 has written no checkpoint. ${trainOn(path, config)}.`);
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step();
  };
  try {
    const engine = await resolved.plugins.engine.create(config.engine.options);
    closing.push(() => engine.dispose());
    const { vae, vaeData, gan, ganData, close: closeModels } = await openRunModels(resolved, toldPreparation(tell));
    closing.push(closeModels);
    await loadVae(engine, vae, config.encoder.from ?? path, config, tell);
    expectSameEncoder(last, await hashWeights(engine, vae.encoder.weights));
    const generator = grownTo(gan.averaged.generator, expectPhase(gan.averaged.growth !== undefined, last.manifest.phase, last.path));
    await writeState(engine, generator.weights, subState(last.tensors, "average"), last.path);
    const studio = await Studio.open({ engine, seed: config.seed, vae, vaeData, generator, ganData, code: config.synthesise.code, ...(controls === undefined ? {} : { controls }) });
    closing.push(() => studio.dispose());
    return { images: directory.images, engine, studio, vae, generator, close };
  } catch (error) {
    await close();
    throw error;
  }
}
