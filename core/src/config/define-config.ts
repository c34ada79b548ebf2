import type { DataPlugin, EnginePlugin, GanPlugin, Plugin, TapPlugin, VaePlugin } from "../plugin.js";
import type { RunConfig, SlotConfig } from "./run-config.js";

/** A plugin slot as a user writes it: a package's name, a file's path, or the plugin itself. */
export interface UserSlot<P extends Plugin> {
  readonly use?: string | P;
  readonly from?: string;
  readonly options?: SlotConfig["options"];
}

type Partly<T> = T extends object ? { readonly [K in keyof T]?: Partly<T[K]> } : T;

/** A config as a user writes it: any part of a {@link RunConfig}, presets to build on, and code beside the data. */
export interface UserConfig extends Partly<Omit<RunConfig, "data" | "vae" | "gan" | "engine" | "taps">> {
  /** Bare names of @idgan/presets, modules of packages, or paths; later ones win, and this config wins over all. */
  readonly presets?: readonly string[];
  /** Plugins of one's own, which `use` finds by their names. */
  readonly plugins?: readonly Plugin[];
  readonly data?: UserSlot<DataPlugin>;
  readonly vae?: UserSlot<VaePlugin> & { readonly size?: number; readonly latentDim?: number };
  readonly gan?: UserSlot<GanPlugin> & { readonly size?: number; readonly nuisanceDim?: number };
  readonly engine?: UserSlot<EnginePlugin>;
  readonly taps?: readonly UserSlot<TapPlugin>[];
}

/** The identity, typed. */
export function defineConfig(config: UserConfig): UserConfig {
  return config;
}
