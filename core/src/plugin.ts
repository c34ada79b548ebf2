import type { DataContext, GanContext, VaeContext } from "./contract/build-context.js";
import type { Dataset } from "./contract/dataset.js";
import type { Engine } from "./contract/engine.js";
import type { GanBackbone } from "./contract/gan-backbone.js";
import type { VaeBackbone } from "./contract/vae-backbone.js";
import type { Hooks } from "./hooks.js";

/** A check of one value; it throws an `Error` that says what was expected. Formats ready for use: `positive`, `integer`, `oneOf`, … */
export interface Format<T> {
  (value: unknown): asserts value is T;
  /** What is accepted, for messages and tables: `a number above 0`. */
  readonly expected: string;
}

/** One documented option of a plugin. */
export interface Option<T> {
  /** One sentence, with the paper where there is one. */
  readonly doc: string;
  readonly format: Format<T>;
  /** `undefined` means that the user must choose: for a value with no honest default. */
  readonly default: NoInfer<T> | undefined;
}

export type Options<O> = { readonly [K in keyof O]: Option<O[K]> };

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
}

/** Adds to a run through its hooks, and through nothing else. */
export interface TapPlugin<O = unknown> extends PluginBase<O> {
  readonly kind: "tap";
  apply(hooks: Hooks, options: O): void;
}

export type Plugin<O = unknown> = VaePlugin<O> | GanPlugin<O> | DataPlugin<O> | EnginePlugin<O> | TapPlugin<O>;
export type PluginKind = Plugin["kind"];

/**
 * The identity, typed: infers the options from their formats. `definePlugin` infers them too, but TypeScript looks no further there
 * than at formats that are not calls: with `oneOf(...)` and its like, write `options: defineOptions({ ... })`, or name the options' type.
 */
export function defineOptions<O>(options: Options<O>): Options<O> {
  return options;
}

/** The identity, typed: the options that `build` receives are inferred from their formats. */
export function definePlugin<O>(plugin: VaePlugin<O>): VaePlugin<O>;
export function definePlugin<O>(plugin: GanPlugin<O>): GanPlugin<O>;
export function definePlugin<O>(plugin: DataPlugin<O>): DataPlugin<O>;
export function definePlugin<O>(plugin: EnginePlugin<O>): EnginePlugin<O>;
export function definePlugin<O>(plugin: TapPlugin<O>): TapPlugin<O>;
export function definePlugin<O>(plugin: Plugin<O>): Plugin<O> {
  return plugin;
}
