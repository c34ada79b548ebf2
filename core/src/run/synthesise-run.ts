import { inject, injectable } from "tsyringe";
import type { ResolvedRun } from "../config/resolve-run.js";
import type { Engine } from "../contract/engine.js";
import { IdganError } from "../contract/error.js";
import type { Hooks } from "../hooks.js";
import { freeze } from "../stages/freeze.js";
import { SynthesiseStage } from "../stages/synthesise-stage.js";
import { hashWeights } from "../stages/weights-hash.js";
import { checkpointOrigin, expectOwn } from "./checkpoint-origin.js";
import { Gallery } from "./gallery.js";
import type { CheckpointStore } from "./record/checkpoint-store.js";
import type { Reporter } from "./reporter.js";
import type { RunModels } from "./run-models.js";
import { subState, writeState } from "./state.js";
import { CHECKPOINTS, ENGINE, HOOKS, MODELS, REPORTER, RESOLVED } from "./tokens.js";
import { Trainer } from "./trainer.js";

/** Stage 2 of a run: freezes the encoder and distils it into a generator. */
@injectable()
export class SynthesiseRun {
  constructor(
    @inject(RESOLVED) private readonly resolved: ResolvedRun,
    @inject(ENGINE) private readonly engine: Engine,
    @inject(HOOKS) private readonly hooks: Hooks,
    @inject(MODELS) private readonly models: RunModels,
    @inject(CHECKPOINTS) private readonly checkpoints: CheckpointStore,
    @inject(REPORTER) private readonly reporter: Reporter,
    @inject(Trainer) private readonly trainer: Trainer,
    @inject(Gallery) private readonly gallery: Gallery,
  ) {}

  async train(resume: boolean): Promise<void> {
    const { config } = this.resolved;
    const { engine, hooks } = this;
    const { vae, gan, ganData } = this.models;
    const hash = await hashWeights(engine, vae.encoder.weights);
    const teacher = freeze(vae.encoder, gan.backbone.generator.output, hash);
    await hooks.encoderFrozen.promise(teacher);
    const average = gan.averaged.generator.weights;
    const origin = checkpointOrigin(this.resolved, engine, ganData, hash);
    const last = resume ? await this.checkpoints.latest("synthesise") : undefined;
    if (last && last.manifest.step >= config.synthesise.steps) {
      expectOwn(last, origin);
      await writeState(engine, average, subState(last.tensors, "average"), last.path);
      await this.gallery.complete("synthesise", last.manifest, () => this.gallery.synthesise(this.models));
      this.reporter.message("info", `synthesise: already finished at update ${last.manifest.step}; nothing to do`);
      return;
    }
    await this.trainer.train({
      name: "synthesise",
      steps: config.synthesise.steps,
      last,
      origin,
      create: async () => ({
        stage: await SynthesiseStage.create({ engine, hooks, backbone: gan.backbone, average, teacher, dataset: ganData, seed: config.seed, step: last?.manifest.step ?? 0, ...config.synthesise }),
        painter: await this.gallery.synthesise(this.models),
      }),
    });
    // The proof of the contract: nothing in stage 2 moved a byte of the encoder.
    const after = await hashWeights(engine, vae.encoder.weights);
    if (after !== hash) throw new IdganError("INTERNAL", `The frozen encoder changed during stage 2 (${hash} -> ${after}). Report this with the config.`);
  }
}
