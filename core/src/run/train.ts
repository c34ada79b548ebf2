import { coreVersion } from "../config/core-version.js";
import { pluginVersions } from "../config/plugin-versions.js";
import type { ResolvedRun } from "../config/resolve-run.js";
import type { RunConfig } from "../config/run-config.js";
import type { Engine } from "../contract/engine.js";
import { IdganError } from "../contract/error.js";
import { createHooks } from "../hooks.js";
import { frozenView } from "../stages/freeze.js";
import { RepresentStage } from "../stages/represent-stage.js";
import { SynthesiseStage } from "../stages/synthesise-stage.js";
import { attributed } from "../trace/attributed.js";
import { bind, createContainer } from "./container.js";
import { knownHooks } from "./known-hooks.js";
import { loadVae } from "./load-vae.js";
import { CheckpointStore } from "./record/checkpoint-store.js";
import { describeEnvironment } from "./record/environment.js";
import { EventLog } from "./record/event-log.js";
import { createRunDirectory, openRunDirectory, type RunDirectory } from "./record/run-directory.js";
import { failureOf, preparationOf, type Reporter } from "./reporter.js";
import { RepresentRun } from "./represent-run.js";
import { expectSameRun } from "./run-identity.js";
import { openRunModels, type RunModels } from "./run-models.js";
import { SynthesiseRun } from "./synthesise-run.js";
import { CHECKPOINTS, DIRECTORY, ENGINE, EVENTS, HOOKS, MODELS, REPORTER, RESOLVED, SIGNAL } from "./tokens.js";

export interface TrainRequest {
  /** Run directory; by default the first free of `runs/<name>`, `runs/<name>-2`, … */
  readonly out?: string;
  /** Goes on with the run in `out`. */
  readonly resume: boolean;
  readonly reporter: Reporter;
  /** Once aborted, the run saves after the present update and throws `INTERRUPTED`. */
  readonly signal: AbortSignal;
}

/** Where the run lies, once that is known. */
interface Place {
  directory?: string;
}

/**
 * Trains a run from its config to its pictures: stage 1, freeze, stage 2. Nothing is written before data, networks and engine are there
 * and fit together. The reporter hears at the end, once, that the run has finished or that it has failed.
 */
export async function train(resolved: ResolvedRun, request: TrainRequest): Promise<{ directory: string }> {
  const place: Place = {};
  try {
    const done = await trainOn(resolved, request, place);
    request.reporter.runFinished(done);
    return done;
  } catch (error) {
    request.reporter.runFailed({ ...place, ...failureOf(error) });
    throw error;
  }
}

async function trainOn(resolved: ResolvedRun, request: TrainRequest, place: Place): Promise<{ directory: string }> {
  if (request.resume && request.out === undefined) throw new IdganError("USAGE", "--resume: which run? Name its directory with --out.");
  const engine = await resolved.plugins.engine.create(resolved.config.engine.options);
  try {
    const models = await openRunModels(resolved, preparationOf(request.reporter));
    try {
      return await trainModels(models, resolved, engine, request, place);
    } finally {
      await models.close();
    }
  } finally {
    await engine.dispose();
  }
}

async function trainModels(models: RunModels, resolved: ResolvedRun, engine: Engine, request: TrainRequest, place: Place): Promise<{ directory: string }> {
  const { config } = resolved;
  checkStages(models, config);
  if (config.encoder.from !== null) await loadVae(engine, models.vae, config.encoder.from, config, (level, text) => request.reporter.message(level, text));
  const directory = await openDirectory(resolved, request);
  place.directory = directory.path;
  try {
    const events = await EventLog.open(directory.events);
    try {
      await trainIn(directory, events, models, resolved, engine, request);
    } catch (error) {
      // What went wrong is the news; that the log could not be closed as well, on a full disk, is not.
      await events.close().catch(() => undefined);
      throw error;
    }
    await events.close();
    return { directory: directory.path };
  } finally {
    await directory.release();
  }
}

/**
 * Finds networks and losses that break the contract, or a batch that they refuse, before anything is written, and those of stage 2 before hours of
 * stage 1. Without taps: theirs may need what the hooks that come before have told them, and to apply them twice would do twice what they do.
 */
function checkStages({ vae, gan }: RunModels, { encoder, represent, synthesise }: RunConfig): void {
  if (encoder.from === null) RepresentStage.check({ hooks: createHooks(), backbone: vae, ...represent });
  if (synthesise.steps === 0) return;
  const teacher = frozenView(vae.encoder, gan.backbone.generator.output, "");
  SynthesiseStage.check({ hooks: createHooks(), backbone: gan.backbone, average: gan.averaged.generator.weights, teacher, ...synthesise });
}

async function openDirectory({ config }: ResolvedRun, { out, resume }: TrainRequest): Promise<RunDirectory> {
  if (!resume || out === undefined) return createRunDirectory(out, config.name, config);
  const directory = await openRunDirectory(out, { lock: true });
  try {
    const saved = (await directory.readConfig()) as RunConfig;
    expectSameRun(saved, config, out);
    await expectSameEncoderLength(saved, config, directory);
    await directory.saveConfig(config);
    return directory;
  } catch (error) {
    await directory.release();
    throw error;
  }
}

/** A longer stage 1 makes another encoder, of which a stage 2 that has begun knows nothing. */
async function expectSameEncoderLength(saved: RunConfig, asked: RunConfig, { path, checkpoints }: RunDirectory): Promise<void> {
  if (asked.represent.steps <= saved.represent.steps) return;
  const [distilled] = await new CheckpointStore(checkpoints).list("synthesise");
  if (distilled) {
    throw new IdganError(
      "CONFIG_VALUE",
      `represent.steps: ${path} has begun stage 2 on the encoder of update ${saved.represent.steps}, so its stage 1 cannot grow to ${asked.represent.steps}. Leave represent.steps as it is, or start a new run.`,
    );
  }
}

async function trainIn(directory: RunDirectory, events: EventLog, models: RunModels, resolved: ResolvedRun, engine: Engine, request: TrainRequest): Promise<void> {
  const { config } = resolved;
  const { resume, reporter, signal } = request;
  const hooks = createHooks();
  for (const [index, tap] of resolved.plugins.taps.entries()) {
    attributed(`tap ${tap.name}`, "HOOK_FAILED", () => tap.apply(knownHooks(hooks, tap.name), config.taps[index]?.options));
  }
  const warn = (text: string) => reporter.message("warning", text);
  const container = createContainer([
    bind(RESOLVED, resolved),
    bind(ENGINE, engine),
    bind(HOOKS, hooks),
    bind(MODELS, models),
    bind(DIRECTORY, directory),
    bind(CHECKPOINTS, new CheckpointStore(directory.checkpoints, { keep: config.record.keep, warn })),
    bind(EVENTS, events),
    bind(REPORTER, reporter),
    bind(SIGNAL, signal),
  ]);
  try {
    await directory.addEnvironment(await describeEnvironment({ coreVersion, plugins: pluginVersions(config), engine: engine.description, lossConvention: models.vae.lossConvention }), warn);
    reporter.message("info", `run ${directory.path}; engine ${engine.description}`);
    for (const note of models.vaeData.notes ?? []) reporter.message("info", note);
    const run = { directory: directory.path, seed: config.seed };
    await hooks.beforeRun.promise(run);
    await container.resolve(RepresentRun).train(resume);
    if (config.synthesise.steps > 0) await container.resolve(SynthesiseRun).train(resume);
    await hooks.afterRun.promise(run);
  } finally {
    await container.dispose();
  }
}
