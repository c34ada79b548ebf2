import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ResolvedRun } from "../../config/resolve-run.js";
import { IdganError } from "../../contract/error.js";
import { failureOf } from "../../run/reporter.js";
import { interruptible } from "../interrupt.js";
import { createReporter } from "../reporters/create-reporter.js";
import { resolveChoice, type RunChoice } from "../run-choice.js";

export interface TrainOptions extends RunChoice {
  readonly out?: string;
  readonly resume?: boolean;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

/** `idgan train`: a new run of a config, more of a run that was saved, or what a run would take. */
export async function runTrain(config: string | undefined, options: TrainOptions): Promise<void> {
  const { out, resume = false, json = false, dryRun = false } = options;
  if (dryRun && (resume || out !== undefined)) {
    throw new IdganError("USAGE", "train --dry-run: it writes nothing and starts from the config's beginning, so --out and --resume have no meaning beside it. To plan a run that exists, name its config.json.");
  }
  // A plan in JSON is one value, not a stream of events.
  const reporter = createReporter({ json: json && !dryRun });
  const resolved = await resolve(config, options).catch((error: unknown) => {
    reporter.runFailed(failureOf(error));
    throw error;
  });
  if (dryRun) {
    const { runDryRun } = await import("./dry-run.js");
    return await runDryRun(resolved, { reporter, json });
  }
  const { train } = await import("../../run/train.js");
  await interruptible(
    async (signal) => await train(resolved, { resume, reporter, signal, ...(out === undefined ? {} : { out }) }),
    (text) => reporter.message("warning", text),
  );
}

async function resolve(config: string | undefined, options: TrainOptions): Promise<ResolvedRun> {
  return await resolveChoice(config ?? savedConfig(options.out, options.resume ?? false), options);
}

/** The config inside the run that is resumed. */
function savedConfig(out: string | undefined, resume: boolean): string {
  if (!resume) {
    throw new IdganError("USAGE", "train: no config was named. Write idgan train <config|preset>, such as idgan train quickstart.");
  }
  if (out === undefined) {
    throw new IdganError("USAGE", "train --resume: which run? Name its directory with --out.");
  }
  const file = join(out, "config.json");
  if (!existsSync(file)) {
    throw new IdganError("RUN_INVALID", `${out} is not a run that can be resumed: it holds no config.json. Check --out.`);
  }
  return file;
}
