import { IdganError, messageOf } from "../contract/error.js";
import type { Inspection, InspectionRequest, KnownDataset } from "../contract/known-dataset.js";
import type { DataPlugin } from "../plugin.js";
import { installCommand } from "./install-command.js";
import { installedPlugins } from "./installed-plugins.js";
import { missingData } from "./missing-data.js";
import { suggest } from "./suggestion.js";

/** A published data set and the plugin that knows it. */
export interface ShelvedDataset {
  readonly plugin: string;
  readonly dataset: KnownDataset;
}

/** What one plugin found in a file or folder. */
export interface PluginInspection {
  readonly plugin: string;
  readonly inspection: Inspection;
}

/** The data sets that plugins installed where `folder` is know by name. */
export async function findDatasets(folder: string): Promise<readonly ShelvedDataset[]> {
  const plugins = await dataPlugins(folder);
  return plugins.flatMap((plugin) => (plugin.known ?? []).map((dataset) => ({ plugin: plugin.name, dataset })));
}

/** The one of this name. Throws `USAGE` where there is none. */
export function chooseDataset(shelf: readonly ShelvedDataset[], name: string): ShelvedDataset {
  const found = shelf.find(({ dataset }) => dataset.name === name);
  if (found !== undefined) return found;
  const names = shelf.map(({ dataset }) => dataset.name);
  if (names.length === 0) throw new IdganError("PLUGIN_NOT_FOUND", `No plugin here knows data sets by name. Run: ${installCommand("@idgan/plugin-data-images")}`);
  const near = suggest(name, names);
  throw new IdganError("USAGE", `data prepare ${name}: no plugin here knows that data set. ${near === undefined ? `There are: ${names.join(", ")}.` : `Did you mean ${near}?`}`);
}

/** Asks every data plugin what is at `request.path`. Throws `DATA_NOT_FOUND` where nothing is, and `DATA_INVALID` where none can say, with the reasons of those that tried. */
export async function inspectData(request: InspectionRequest, folder: string): Promise<readonly PluginInspection[]> {
  const found: PluginInspection[] = [];
  const failures: unknown[] = [];
  for (const plugin of await dataPlugins(folder)) {
    try {
      const inspection = await plugin.inspect?.(request);
      if (inspection !== undefined) found.push({ plugin: plugin.name, inspection });
    } catch (error) {
      failures.push(error);
    }
  }
  if (found.length > 0) return found;
  const [first] = failures;
  if (first instanceof IdganError && failures.length === 1) throw first;
  if (failures.length > 0) throw new IdganError("DATA_INVALID", failures.map(messageOf).join("\n"), first);
  throw (await missingData(request.path)) ?? new IdganError("DATA_INVALID", `No plugin here reads ${request.path}. Name a folder of pictures or a file of arrays; idgan plugins lists what is installed.`);
}

async function dataPlugins(folder: string): Promise<readonly DataPlugin[]> {
  const installed = await installedPlugins(folder);
  return installed.flatMap(({ plugin }) => (plugin?.kind === "data" ? [plugin] : []));
}
