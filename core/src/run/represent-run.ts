import { inject, injectable } from "tsyringe";
import type { ResolvedRun } from "../config/resolve-run.js";
import type { Engine } from "../contract/engine.js";
import type { Hooks } from "../hooks.js";
import { RepresentStage } from "../stages/represent-stage.js";
import { checkpointOrigin, expectOwn } from "./checkpoint-origin.js";
import { Gallery } from "./gallery.js";
import { takeVae } from "./load-vae.js";
import type { CheckpointStore } from "./record/checkpoint-store.js";
import type { Reporter } from "./reporter.js";
import type { RunModels } from "./run-models.js";
import { CHECKPOINTS, ENGINE, HOOKS, MODELS, REPORTER, RESOLVED } from "./tokens.js";
import { Trainer } from "./trainer.js";

/** Stage 1 of a run: trains the VAE, or takes up one that is already trained. */
@injectable()
export class RepresentRun {
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

  /** Leaves the engine with the values of a trained VAE. */
  async train(resume: boolean): Promise<void> {
    const { config } = this.resolved;
    const { engine, hooks } = this;
    const { vae, vaeData } = this.models;
    // It was loaded before there was a run directory, where a fault of it could be told without leaving one.
    if (config.encoder.from !== null) return;
    const origin = { ...checkpointOrigin(this.resolved, engine, vaeData), lossConvention: vae.lossConvention };
    const last = resume ? await this.checkpoints.latest("represent") : undefined;
    if (last && last.manifest.step >= config.represent.steps) {
      expectOwn(last, origin);
      await takeVae(engine, vae, last);
      await this.gallery.complete("represent", last.manifest, () => this.gallery.represent(this.models));
      this.reporter.message("info", `represent: already finished at update ${last.manifest.step}${config.synthesise.steps > 0 ? "" : "; nothing to do"}`);
      return;
    }
    await this.trainer.train({
      name: "represent",
      steps: config.represent.steps,
      last,
      origin,
      create: async () => ({
        stage: await RepresentStage.create({ engine, hooks, backbone: vae, dataset: vaeData, seed: config.seed, ...config.represent }),
        painter: await this.gallery.represent(this.models),
      }),
    });
  }
}
