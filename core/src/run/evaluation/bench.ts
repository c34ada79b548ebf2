import { resolveRun, type ResolvedRun } from "../../config/resolve-run.js";
import type { Dataset } from "../../contract/dataset.js";
import type { Engine } from "../../contract/engine.js";
import { IdganError } from "../../contract/error.js";
import type { Tell } from "../load-vae.js";
import { openDataset } from "../models.js";
import { CheckpointStore } from "../record/checkpoint-store.js";
import { openRunDirectory, type RunDirectory } from "../record/run-directory.js";
import { toldPreparation } from "../told-preparation.js";
import type { EvaluationReporter } from "./evaluation-reporter.js";
import { MemorisedSubject } from "./memorised-subject.js";
import type { EncoderRecord } from "./metrics-file.js";
import { openEncoder } from "./open-encoder.js";
import { openGenerator } from "./open-generator.js";

/** An encoder on the bench. */
export interface Candidate {
  readonly run: string;
  readonly subject: MemorisedSubject;
  readonly lossConvention: string | undefined;
  readonly record: EncoderRecord;
}

/** Encoders and the images that they are judged on, ready to be measured. */
export interface Bench {
  readonly dataset: Dataset;
  readonly engine: Engine;
  readonly candidate: Candidate;
  /** Of other runs, on the same images. */
  readonly others: readonly Candidate[];
  close(): Promise<void>;
}

export interface BenchSetting {
  readonly directory: RunDirectory;
  /** The run's config, with the data and the engine of the evaluation. */
  readonly resolved: ResolvedRun;
  /** Other run directories. */
  readonly beside: readonly string[];
  /** Whether the images were chosen for the evaluation, and need not be those of the training. */
  readonly otherImages: boolean;
  readonly cwd: string;
  readonly reporter: EvaluationReporter;
  readonly signal: AbortSignal;
}

/** Opens the images, the engine, and the encoders of the run and of those beside it. */
export async function openBench({ directory, resolved, beside, otherImages, cwd, reporter, signal }: BenchSetting): Promise<Bench> {
  const closing: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step();
  };
  const tell: Tell = (level, text) => reporter.message(level, text);
  const datasets = new Map<number, Dataset>();
  const datasetOf = async (size: number): Promise<Dataset> => {
    const dataset = datasets.get(size) ?? (await openDataset(resolved, size, toldPreparation(tell)));
    if (!datasets.has(size)) closing.push(() => dataset.close?.());
    datasets.set(size, dataset);
    return dataset;
  };
  const place = async (run: RunDirectory, its: ResolvedRun, engine: Engine): Promise<Candidate> => {
    const dataset = await datasetOf(its.config.vae.size);
    const { vae, record, lossConvention, trainedOn, close: closeEncoder } = await openEncoder({ directory: run, resolved: its, engine, dataset, tell });
    closing.push(closeEncoder);
    if (!otherImages && trainedOn !== dataset.fingerprint) tell("warning", `The encoder of ${run.path} was trained on other images than those of ${dataset.name}: they changed, or another dataset was used.`);
    const hasGenerator = (await new CheckpointStore(run.checkpoints).list("synthesise")).length > 0;
    const generator = () => openGenerator({ directory: run, resolved: its, engine, encoderHash: record.hash, datasetOf, tell });
    const subject = new MemorisedSubject({ name: run.path, engine, vae, dataset, reporter, signal, ...(hasGenerator ? { generator } : {}) });
    closing.push(() => subject.dispose());
    return { run: run.path, subject, lossConvention, record };
  };
  try {
    const engine = await resolved.plugins.engine.create(resolved.config.engine.options);
    closing.push(() => engine.dispose());
    const candidate = await place(directory, resolved, engine);
    const { dataset } = candidate.subject;
    const others: Candidate[] = [];
    for (const path of beside) {
      const run = await openRunDirectory(path);
      const other = await place(run, await resolveRun({ config: run.config, cwd }), engine);
      if (other.subject.dataset.size !== dataset.size) {
        throw new IdganError("DATA_INVALID", `--beside ${path}: at its size ${dataset.name} has ${other.subject.dataset.size} images, and at the size of ${directory.path} ${dataset.size}. Runs can only be compared on the same images.`);
      }
      others.push(other);
    }
    return { dataset, engine, candidate, others, close };
  } catch (error) {
    await close();
    throw error;
  }
}
