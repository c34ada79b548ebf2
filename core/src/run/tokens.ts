import type { InjectionToken } from "tsyringe";
import type { Engine } from "../contract/engine.js";
import type { ResolvedRun } from "../config/resolve-run.js";
import type { Hooks } from "../hooks.js";
import type { CheckpointStore } from "./record/checkpoint-store.js";
import type { EventLog } from "./record/event-log.js";
import type { RunDirectory } from "./record/run-directory.js";
import type { Reporter } from "./reporter.js";
import type { RunModels } from "./run-models.js";

/** All that dependency injection hands out within one run. Plugins never see it. */
export const RESOLVED: InjectionToken<ResolvedRun> = Symbol("idgan.ResolvedRun");
export const ENGINE: InjectionToken<Engine> = Symbol("idgan.Engine");
export const HOOKS: InjectionToken<Hooks> = Symbol("idgan.Hooks");
export const MODELS: InjectionToken<RunModels> = Symbol("idgan.RunModels");
export const DIRECTORY: InjectionToken<RunDirectory> = Symbol("idgan.RunDirectory");
export const CHECKPOINTS: InjectionToken<CheckpointStore> = Symbol("idgan.CheckpointStore");
export const EVENTS: InjectionToken<EventLog> = Symbol("idgan.EventLog");
export const REPORTER: InjectionToken<Reporter> = Symbol("idgan.Reporter");
export const SIGNAL: InjectionToken<AbortSignal> = Symbol("idgan.AbortSignal");
