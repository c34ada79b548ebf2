import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { inject, injectable } from "tsyringe";
import type { ResolvedRun } from "../config/resolve-run.js";
import type { Engine } from "../contract/engine.js";
import type { Phase } from "../contract/growth.js";
import type { StageName } from "../hooks.js";
import { grownTo } from "../stages/grown.js";
import type { Image } from "./pictures/image.js";
import { writePng } from "./pictures/png.js";
import type { CheckpointManifest } from "./record/checkpoint.js";
import type { EventLog } from "./record/event-log.js";
import type { RunDirectory } from "./record/run-directory.js";
import type { Reporter } from "./reporter.js";
import type { RunModels } from "./run-models.js";
import { fixedParts, generatedTraversal, reconstructions, samples, triplets, vaeTraversal } from "./scenes.js";
import { Studio } from "./studio.js";
import { DIRECTORY, ENGINE, EVENTS, REPORTER, RESOLVED } from "./tokens.js";

/** Draws the pictures of the present weights, as training goes on. */
export interface Painter {
  /** A GAN that grows is painted as it stands in `phase`. */
  paint(step: number, phase?: Phase): Promise<void>;
  /** Paints, unless the pictures of this update are there: a run may have been killed between its last checkpoint and them. */
  complete(step: number, phase?: Phase): Promise<void>;
  dispose(): Promise<void>;
}

/** The pictures of a run: what is drawn in each stage, and where it is written. */
@injectable()
export class Gallery {
  constructor(
    @inject(RESOLVED) private readonly resolved: ResolvedRun,
    @inject(ENGINE) private readonly engine: Engine,
    @inject(DIRECTORY) private readonly directory: RunDirectory,
    @inject(EVENTS) private readonly events: EventLog,
    @inject(REPORTER) private readonly reporter: Reporter,
  ) {}

  /** Stage 1: reconstructions, and what each latent does to the decoder's image. */
  async represent({ vae, vaeData }: RunModels): Promise<Painter> {
    const open = () => Studio.open({ engine: this.engine, seed: this.resolved.config.seed, vae, vaeData });
    return this.painter("represent", open, async (studio) => ({
      reconstructions: await reconstructions(studio),
      traversal: await vaeTraversal(studio),
    }));
  }

  /** Stage 2: samples, real | VAE | ID-GAN, what each latent does, and the two parts of (s, c) held still in turn. */
  async synthesise({ vae, gan, vaeData, ganData }: RunModels): Promise<Painter> {
    const { code } = this.resolved.config.synthesise;
    const open = (phase?: Phase) => {
      const generator = grownTo(gan.averaged.generator, phase);
      return Studio.open({ engine: this.engine, seed: this.resolved.config.seed, vae, vaeData, generator, ganData, code });
    };
    return this.painter("synthesise", open, async (studio) => ({
      samples: await samples(studio, 64),
      triplets: await triplets(studio),
      traversal: await generatedTraversal(studio),
      ...(studio.nuisanceDim > 0 ? await fixedParts(studio) : {}),
    }));
  }

  /** Paints the pictures of a stage that is already trained, where they are missing. */
  async complete(stage: StageName, { step, phase }: Pick<CheckpointManifest, "step" | "phase">, open: () => Promise<Painter>): Promise<void> {
    if (await this.has(stage, step)) return;
    const painter = await open();
    try {
      await painter.paint(step, phase);
    } finally {
      await painter.dispose();
    }
  }

  private painter(stage: StageName, open: (phase?: Phase) => Promise<Studio>, draw: (studio: Studio) => Promise<Readonly<Record<string, Image>>>): Painter {
    let last: { readonly key: string; readonly studio: Studio } | undefined;
    const dispose = async (): Promise<void> => {
      const given = last;
      last = undefined;
      await given?.studio.dispose();
    };
    const studioOf = async (phase: Phase | undefined): Promise<Studio> => {
      const key = phase === undefined ? "" : `${phase.key} ${phase.fadeIn}`;
      if (last?.key === key) return last.studio;
      await dispose();
      last = { key, studio: await open(phase) };
      return last.studio;
    };
    const paint = async (step: number, phase?: Phase): Promise<void> => {
      for (const [name, image] of Object.entries(await draw(await studioOf(phase)))) {
        const path = join(this.directory.images, `${prefixOf(stage, step)}${name}.png`);
        await writePng(path, image);
        this.events.append({ event: "picture", stage, step, path: relative(this.directory.path, path) });
        this.reporter.pictureWritten(path);
      }
    };
    return { paint, complete: async (step, phase) => void ((await this.has(stage, step)) || (await paint(step, phase))), dispose };
  }

  private async has(stage: StageName, step: number): Promise<boolean> {
    return (await readdir(this.directory.images)).some((name) => name.startsWith(prefixOf(stage, step)));
  }
}

function prefixOf(stage: StageName, step: number): string {
  return `${stage}-${String(step).padStart(8, "0")}-`;
}
