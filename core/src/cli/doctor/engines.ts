import { engineNamed } from "../../config/builtin-engines.js";
import { defaultOptions } from "../../config/default-options.js";
import { installCommand } from "../../config/install-command.js";
import { messageOf } from "../../contract/error.js";
import type { EnginePlugin } from "../../plugin.js";
import { installedPlugins, type InstalledPlugin } from "../../config/installed-plugins.js";

/** An engine as `idgan doctor` finds it. */
export interface EngineFinding {
  readonly name: string;
  readonly version: string;
  readonly available: boolean;
  readonly lines: readonly string[];
  readonly plugin?: EnginePlugin;
}

/** Every engine that a config in `folder` could name, asked whether it runs here; the default one is listed even when it is missing. */
export async function findEngines(folder: string): Promise<readonly EngineFinding[]> {
  const installed = await installedPlugins(folder);
  const engines = installed.filter(({ name, plugin }) => plugin?.kind === "engine" || (plugin === undefined && /engine/.test(name)));
  const findings = await Promise.all(engines.map(probe));
  const standard = engineNamed("onnx");
  const missing = findings.some(({ name }) => name === standard) ? [] : [{ name: standard, version: "", available: false, lines: [`not installed; run: ${installCommand(standard, folder)}`] }];
  return [...missing, ...findings];
}

/** The engine to measure: the one that is asked for, else the default one, else the first that runs. */
export function chooseEngine(engines: readonly EngineFinding[], asked: string | undefined): EngineFinding | undefined {
  const running = engines.filter(({ available, plugin }) => available && plugin !== undefined);
  const wanted = engineNamed(asked ?? "onnx");
  const found = running.find(({ name }) => name === wanted);
  return found ?? (asked === undefined ? running.toSorted((a, b) => Number(a.name === "eager") - Number(b.name === "eager"))[0] : undefined);
}

async function probe({ name, version, plugin, problem }: InstalledPlugin): Promise<EngineFinding> {
  if (plugin?.kind !== "engine") {
    return { name, version, available: false, lines: [problem ?? "it is no engine"] };
  }
  try {
    const { available, lines } = await plugin.probe(defaultOptions(plugin));
    return { name, version, available, lines, plugin };
  } catch (error) {
    return { name, version, available: false, lines: [messageOf(error)], plugin };
  }
}
