import type { DataContext, GanContext, VaeContext } from "./contract/build-context.js";
import type { Dataset } from "./contract/dataset.js";
import type { Engine } from "./contract/engine.js";
import type { InstallEngine } from "./contract/engine-installer.js";
import type { Inspection, InspectionRequest, KnownDataset } from "./contract/known-dataset.js";
import type { GanBackbone } from "./contract/gan-backbone.js";
import type { Metric } from "./contract/metric.js";
import type { Options } from "./contract/option.js";
import type { VaeBackbone } from "./contract/vae-backbone.js";
import type { Hooks } from "./hooks.js";

interface PluginBase<O> {
  /** The npm package name, or the path of a local file. */
  readonly name: string;
  /** Semver range of @idgan/core that it works with. */
  readonly core: string;
  readonly options: Options<O>;
}

export interface VaePlugin<O = unknown> extends PluginBase<O> {
  readonly kind: "vae";
  build(options: O, context: VaeContext): VaeBackbone;
}

export interface GanPlugin<O = unknown> extends PluginBase<O> {
  readonly kind: "gan";
  build(options: O, context: GanContext): GanBackbone;
}

export interface DataPlugin<O = unknown> extends PluginBase<O> {
  readonly kind: "data";
  open(options: O, context: DataContext): Promise<Dataset>;
  /** Published data sets that it makes ready; none by default. */
  readonly known?: readonly KnownDataset[];
  /** Looks through data of a user's; `undefined` where it is of no kind that this plugin reads. Throws where it is, and cannot be read. */
  inspect?(request: InspectionRequest): Promise<Inspection | undefined>;
}

/** What an engine says of itself to `idgan doctor`, without being started for a run. */
export interface EngineReport {
  readonly available: boolean;
  /** Version, device and providers; or what is missing, and the line to run. */
  readonly lines: readonly string[];
}

export interface EnginePlugin<O = unknown> extends PluginBase<O> {
  readonly kind: "engine";
  create(options: O): Promise<Engine>;
  probe(options: O): Promise<EngineReport>;
  /** For engines that need more than their packages: `idgan engine install`. */
  readonly install?: InstallEngine;
}

/** Adds to a run through its hooks, and through nothing else. */
export interface TapPlugin<O = unknown> extends PluginBase<O> {
  readonly kind: "tap";
  apply(hooks: Hooks, options: O): void;
}

/** Scores for `idgan evaluate`; their options are their own, so the plugin itself rarely has any. */
export interface MetricsPlugin<O = unknown> extends PluginBase<O> {
  readonly kind: "metrics";
  metrics(options: O): readonly Metric[];
}

export type Plugin<O = unknown> = VaePlugin<O> | GanPlugin<O> | DataPlugin<O> | EnginePlugin<O> | TapPlugin<O> | MetricsPlugin<O>;
export type PluginKind = Plugin["kind"];

/** The identity, typed: the options that `build` receives are inferred from their formats. */
export function definePlugin<O>(plugin: VaePlugin<O>): VaePlugin<O>;
export function definePlugin<O>(plugin: GanPlugin<O>): GanPlugin<O>;
export function definePlugin<O>(plugin: DataPlugin<O>): DataPlugin<O>;
export function definePlugin<O>(plugin: EnginePlugin<O>): EnginePlugin<O>;
export function definePlugin<O>(plugin: TapPlugin<O>): TapPlugin<O>;
export function definePlugin<O>(plugin: MetricsPlugin<O>): MetricsPlugin<O>;
export function definePlugin<O>(plugin: Plugin<O>): Plugin<O> {
  return plugin;
}
