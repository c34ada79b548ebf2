import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ResolvedRun } from "../../config/resolve-run.js";
import { IdganError } from "../../contract/error.js";
import { runsInside } from "../../run/record/runs-inside.js";
import { failureOf } from "../../run/reporter.js";
import { interruptible } from "../interrupt.js";
import { orJsonFailure } from "../json-failure.js";
import { nextSteps } from "../next-steps.js";
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
  // A plan in JSON is one value, not a stream of events.
  if (dryRun) return await orJsonFailure(json, async () => await plan(config, options));
  const reporter = createReporter({ json });
  const resolved = await resolve(config, options).catch((error: unknown) => {
    reporter.runFailed(failureOf(error));
    throw error;
  });
  const { train } = await import("../../run/train.js");
  const { directory } = await interruptible(
    async (signal) => await train(resolved, { resume, reporter, signal, ...(out === undefined ? {} : { out }) }),
    (text) => reporter.message("warning", text),
  );
  if (!json) process.stderr.write(`${nextSteps(directory, resolved.config).join("\n")}\n`);
}

async function plan(config: string | undefined, options: TrainOptions): Promise<void> {
  if (options.resume === true || options.out !== undefined) {
    throw new IdganError("USAGE", "train --dry-run: it writes nothing and starts from the config's beginning, so --out and --resume have no meaning beside it. To plan a run that exists, name its config.json.");
  }
  const { runDryRun } = await import("./dry-run.js");
  await runDryRun(await resolve(config, options), { reporter: createReporter(), json: options.json ?? false });
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
    throw new IdganError("RUN_INVALID", `${out} is not a run that can be resumed: it holds no config.json. ${runsInside(out) ?? "Check --out."}`);
  }
  return file;
}
