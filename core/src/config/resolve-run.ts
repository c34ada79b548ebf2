import { resolve } from "node:path";
import { IdganError } from "../contract/error.js";
import type { Options } from "../contract/option.js";
import type { DataPlugin, EnginePlugin, GanPlugin, TapPlugin, VaePlugin } from "../plugin.js";
import { engineNamed } from "./builtin-engines.js";
import { compose } from "./compose.js";
import type { UserConfig } from "./define-config.js";
import { isJsonObject, type JsonObject } from "./json.js";
import { writerOf, type Layer } from "./layer.js";
import { layersOfFile, layersOfObject, nameOfFile } from "./layers.js";
import { loadPlugin, localPluginsOf, type LoadedPlugin, type LocalPlugins } from "./load-plugin.js";
import { findPackage } from "./package-path.js";
import { choosePlugin, dropReplaced, without, type SlotChoice } from "./plugin-slots.js";
import { slots, type RunConfig, type Slot } from "./run-config.js";
import { runSchema } from "./schema.js";
import { refuseUntrainedEncoder, takenEncoderLayers } from "./taken-encoder.js";
import { resolveTaps } from "./taps.js";
import { environmentLayer, flagLayer, parseSetting, type Assignment } from "./text-layer.js";
import { refuseUnknownKeys } from "./unknown-keys.js";

/** From what a run is resolved. */
export interface RunSource {
  /** Path of a config, name of a preset, or a config itself. */
  readonly config: string | UserConfig;
  /** `key.path=value` each, as `--set` takes them. */
  readonly set?: readonly string[];
  /** Environment variables; none are read unless they are passed. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** What `--engine` takes: `onnx`, `eager`, a package or a path. */
  readonly engine?: string;
  readonly seed?: number | string;
}

export interface RunPlugins {
  readonly data: DataPlugin;
  readonly vae: VaePlugin;
  readonly gan: GanPlugin;
  readonly engine: EnginePlugin;
  readonly taps: readonly TapPlugin[];
}

export interface ResolvedRun {
  /** Frozen, JSON, complete. */
  readonly config: RunConfig;
  readonly plugins: RunPlugins;
  /** Names of the layers, lowest first. */
  readonly layers: readonly string[];
}

/** Reads the layers of a run, loads the plugins that win, and checks every value. Nothing is computed yet. */
export async function resolveRun(source: RunSource): Promise<ResolvedRun> {
  const cwd = resolve(source.cwd ?? process.cwd());
  const written = typeof source.config === "string" ? await layersOfFile(source.config, cwd) : await layersOfObject(source.config as Readonly<Record<string, unknown>>, cwd);
  const given = [...written, ...spokenLayers(source, cwd, localPluginsOf(written))];
  const layers = [defaultLayer(written.at(-1) as Layer, cwd), ...given, ...takenEncoderLayers(given, cwd)];
  const locals = localPluginsOf(layers);
  const open = runSchema({ data: {}, vae: {}, gan: {}, engine: {} });
  refuseUnknownKeys(open, layers.map(withoutOptions));
  const choices = chooseAll(layers);
  const folders = [...new Set([...layers.map(({ folder }) => folder).toReversed(), cwd])];
  const load = async <Kind extends Slot>(kind: Kind) => {
    const { use, from, layer } = choices[kind];
    return await loadPlugin({ kind, use, from, slot: kind, writer: writerOf(layer, `${kind}.use`), folders }, locals);
  };
  const loaded = { data: await load("data"), vae: await load("vae"), gan: await load("gan"), engine: await load("engine") };
  const taps = await resolveTaps(layers, locals, folders);
  const schema = runSchema(optionsOf(loaded));
  const composed = compose(schema, dropReplaced(layers, choices));
  const config = freezeDeep({ ...withPlaces(composed, loaded), taps: taps.map((tap) => tap.config) }) as unknown as RunConfig;
  refuseUntrainedEncoder(config, layers);
  return {
    config,
    layers: layers.map(({ name }) => name),
    plugins: {
      data: loaded.data.plugin,
      vae: loaded.vae.plugin,
      gan: loaded.gan.plugin,
      engine: loaded.engine.plugin,
      taps: taps.map(({ plugin }) => plugin),
    },
  };
}

/** What nobody needs to say: where the run lies, what it is called, and the engine. */
function defaultLayer(top: Layer, cwd: string): Layer {
  const folder = top.installed ? cwd : top.folder;
  const data: JsonObject = {
    name: top.file === null ? "run" : nameOfFile(top.file),
    folder,
    engine: { use: "@idgan/engine-onnx" },
  };
  return { name: "defaults", folder, file: null, data, plugins: [] };
}

/** Environment and flags, where they say anything. */
function spokenLayers({ env = {}, set = [], engine, seed }: RunSource, cwd: string, locals: LocalPlugins): readonly Layer[] {
  // `--set engine.use=onnx` means what `--engine onnx` does, unless a plugin of that very name is there.
  const isBareEngine = ({ key, raw }: Assignment) => key === "engine.use" && /^[\w-]+$/.test(raw) && !locals.has(raw) && findPackage(raw, cwd) === undefined;
  const flags: Assignment[] = set.map(parseSetting).map((setting) => (isBareEngine(setting) ? { ...setting, raw: engineNamed(setting.raw) } : setting));
  if (engine !== undefined) {
    flags.push({ key: "engine.use", label: "--engine", raw: engineNamed(engine) });
  }
  if (seed !== undefined) {
    flags.push({ key: "seed", label: "--seed", raw: String(seed) });
  }
  return [environmentLayer(env, cwd), flagLayer(flags, cwd)].filter(({ data }) => Object.keys(data).length > 0);
}

function chooseAll(layers: readonly Layer[]): Readonly<Record<Slot, SlotChoice>> {
  const entries = slots.map((slot): [Slot, SlotChoice] => {
    const choice = choosePlugin(slot, layers);
    if (choice === undefined) {
      throw new IdganError("CONFIG_MISSING", `No layer names a ${slot} plugin. Set "${slot}.use" to the name of a package, in the config or with --set ${slot}.use=...`);
    }
    return [slot, choice];
  });
  return Object.fromEntries(entries) as Record<Slot, SlotChoice>;
}

type LoadedSlots = { readonly [Kind in Slot]: LoadedPlugin<Kind> };

function optionsOf(loaded: LoadedSlots): Readonly<Record<Slot, Options<unknown>>> {
  return Object.fromEntries(slots.map((slot) => [slot, loaded[slot].plugin.options])) as Record<Slot, Options<unknown>>;
}

function withPlaces(config: JsonObject, loaded: LoadedSlots): JsonObject {
  const places = slots.map((slot) => [slot, { ...(config[slot] as JsonObject), from: loaded[slot].from }] as const);
  return { ...config, ...Object.fromEntries(places) };
}

function withoutOptions(layer: Layer): Layer {
  const entries = Object.entries(layer.data).map(([name, value]) => [name, (slots as readonly string[]).includes(name) && isJsonObject(value) ? without(value, ["options"]) : value] as const);
  return { ...layer, data: Object.fromEntries(entries) };
}

function freezeDeep<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(freezeDeep);
    Object.freeze(value);
  }
  return value;
}

