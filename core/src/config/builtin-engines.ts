import { definePlugin, type EnginePlugin } from "../plugin.js";
import { coreVersion } from "./core-version.js";

/** The reference engine: each step runs as plain tfjs on the `cpu` backend, whichever is active. */
const eager = definePlugin<object>({
  kind: "engine",
  name: "eager",
  core: coreVersion,
  options: {},
  create: async () => {
    const { createEagerEngine } = await import("../trace/eager-engine.js");
    return createEagerEngine();
  },
  probe: async () => {
    const { createEagerEngine } = await import("../trace/eager-engine.js");
    const engine = createEagerEngine();
    await engine.dispose();
    return { available: true, lines: [`${engine.description}: slow, the reference`] };
  },
});

/** Engines that need no package, by the name that `engine.use` takes. */
export const builtinEngines: ReadonlyMap<string, EnginePlugin> = new Map([[eager.name, eager]]);

const scope = "@idgan/engine-";
const published = ["onnx", "tensorflow"];

/** Nobody is sent to install a package of this project that was never published: what to say of such an engine; nothing where the name is not of that kind. */
export function unknownEngine(name: string): string | undefined {
  if (!name.startsWith(scope) || published.includes(name.slice(scope.length))) return undefined;
  return `There are the engines ${[...published, ...builtinEngines.keys()].join(", ")}; a GPU is used by an option of theirs (idgan doctor says what runs here).`;
}

/** What `--engine NAME` means: `onnx` is @idgan/engine-onnx; built-in engines, packages and paths are themselves. */
export function engineNamed(name: string): string {
  return builtinEngines.has(name) || /[/.@]/.test(name) ? name : `${scope}${name}`;
}
