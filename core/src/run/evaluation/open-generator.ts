import type { ResolvedRun } from "../../config/resolve-run.js";
import type { Dataset } from "../../contract/dataset.js";
import type { Engine } from "../../contract/engine.js";
import { IdganError } from "../../contract/error.js";
import type { Generator } from "../../contract/gan-backbone.js";
import type { CodeDraw } from "../../contract/subject.js";
import { expectPhase, grownTo } from "../../stages/grown.js";
import { hashWeights } from "../../stages/weights-hash.js";
import { expectSameEncoder } from "../checkpoint-origin.js";
import type { Tell } from "../load-vae.js";
import { buildGan } from "../models.js";
import { CheckpointStore } from "../record/checkpoint-store.js";
import type { RunDirectory } from "../record/run-directory.js";
import { subState, writeState } from "../state.js";
import type { GeneratorRecord } from "./metrics-file.js";

/** The generator of a run, with its averaged weights. */
export interface OpenGenerator {
  readonly generator: Generator;
  /** At the generator's size. */
  readonly dataset: Dataset;
  readonly code: CodeDraw;
  readonly record: GeneratorRecord;
  /** Frees its variables. */
  close(): void;
}

export interface GeneratorSetting {
  readonly directory: RunDirectory;
  readonly resolved: ResolvedRun;
  readonly engine: Engine;
  /** SHA-256 of the encoder that the generator must have been distilled from. */
  readonly encoderHash: string;
  /** Opens the run's images at a size; whoever opens them closes them. */
  datasetOf(size: number): Promise<Dataset>;
  readonly tell: Tell;
}

/** Builds the generator of a run, with the averaged weights of its newest stage 2. Throws `METRIC_INPUT` where stage 2 has written none. */
export async function openGenerator({ directory, resolved, engine, encoderHash, datasetOf, tell }: GeneratorSetting): Promise<OpenGenerator> {
  const { config } = resolved;
  const last = await new CheckpointStore(directory.checkpoints, { warn: (text) => tell("warning", text) }).latest("synthesise");
  if (last === undefined) throw withoutGenerator(directory.path);
  expectSameEncoder(last, encoderHash);
  const dataset = await datasetOf(config.gan.size);
  const { backbone, averaged } = buildGan(resolved, dataset.image.channels);
  const variables = [backbone, averaged].flatMap(({ generator, discriminator, state }) => [generator, discriminator, state].flatMap((part) => Object.values(part?.weights ?? {})));
  const close = (): void => {
    for (const variable of variables.splice(0)) variable.dispose();
  };
  try {
    const generator = grownTo(averaged.generator, expectPhase(averaged.growth !== undefined, last.manifest.phase, last.path));
    await writeState(engine, generator.weights, subState(last.tensors, "average"), last.path);
    const hash = await hashWeights(engine, generator.weights);
    return { generator, dataset, code: drawOf(config.synthesise.code), record: { hash, step: last.manifest.step, checkpoint: last.path, use: config.gan.use }, close };
  } catch (error) {
    close();
    throw error;
  }
}

export function withoutGenerator(run: string): IdganError {
  return new IdganError("METRIC_INPUT", `The run in ${run} has no generator: its stage 2 has written no checkpoint. Train it on with --resume --out ${run}, and --set synthesise.steps=N where that is 0, or choose metrics of the encoder.`);
}

/** The official pairing of codes and real images matters to the discriminator alone: each code by itself is one of q(c) either way. */
function drawOf(code: ResolvedRun["config"]["synthesise"]["code"]): CodeDraw {
  return code === "prior" || code === "mean" ? code : "posterior";
}
