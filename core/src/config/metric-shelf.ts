import { resolve } from "node:path";
import { IdganError, messageOf } from "../contract/error.js";
import type { Metric } from "../contract/metric.js";
import type { MetricsPlugin } from "../plugin.js";
import { checkMetric } from "./check-metric.js";
import { defaultOptions } from "./default-options.js";
import { installCommand } from "./install-command.js";
import { installedPlugins } from "./installed-plugins.js";
import { loadPlugin } from "./load-plugin.js";
import { findModule, findPackage, isFilePath, packageOf, readManifest } from "./package-path.js";
import { suggest } from "./suggestion.js";

/** idgan's own, for messages to a project that lacks some of them. */
export const metricsPackages = ["disentanglement", "fidelity", "distillation"].map((subject) => `@idgan/plugin-metrics-${subject}`);

/** A metric and the plugin that brings it. */
export interface ShelvedMetric {
  /** `name@protocol`. */
  readonly fullName: string;
  readonly metric: Metric;
  /** `version` is missing for a plugin that is a local file or an object. */
  readonly plugin: { readonly name: string; readonly version?: string };
}

export interface MetricShelf {
  readonly metrics: readonly ShelvedMetric[];
  /** Plugins that were found and cannot be used, a sentence each: nobody knows what they would bring. */
  readonly problems: readonly string[];
}

/** Metrics of the plugins that are installed where `folders` are, and of `extra` plugins: packages, files (from the last folder), or objects. */
export async function findMetrics(folders: readonly string[], extra: readonly (string | MetricsPlugin)[] = []): Promise<MetricShelf> {
  const metrics: ShelvedMetric[] = [];
  const add = (plugin: MetricsPlugin, version: string | undefined): void => {
    if (metrics.some((each) => each.plugin.name === plugin.name)) return;
    metrics.push(...metricsOf(plugin, version, metrics));
  };
  for (const each of extra) {
    const { plugin, version } = typeof each === "string" ? await loadExtra(each, folders) : { plugin: each, version: undefined };
    add(plugin, version);
  }
  const problems: string[] = [];
  for (const { name, plugin, version, problem } of await installedPlugins(...folders)) {
    if (problem !== undefined) problems.push(`${name} cannot be used: ${problem}`);
    if (plugin?.kind !== "metrics") continue;
    try {
      add(plugin, version);
    } catch (error) {
      // One that is merely installed must not keep others from measuring; one that was named did throw above.
      problems.push(messageOf(error));
    }
  }
  return { metrics, problems };
}

/** The metrics that `names` mean, or all. A bare name means the one protocol that has it. */
export function chooseMetrics({ metrics, problems }: MetricShelf, names: readonly string[] | undefined): readonly ShelvedMetric[] {
  if (metrics.length === 0) {
    const remedy = `Run: ${installCommand(metricsPackages.join(" "))}, or name a plugin of your own with --plugin.`;
    throw new IdganError("PLUGIN_NOT_FOUND", problems.length === 0 ? `No metric is installed here. ${remedy}` : ["No metric can be used here.", ...problems].join("\n"));
  }
  if (names === undefined) return metrics;
  if (names.length === 0 || names.includes("")) throw new IdganError("USAGE", "--metrics: an empty name. Write names with commas between them, as in --metrics mig,dci; idgan evaluate --list prints all.");
  return [...new Set(names.map((name) => chooseOne(metrics, name, problems)))];
}

function chooseOne(metrics: readonly ShelvedMetric[], name: string, problems: readonly string[]): ShelvedMetric {
  const found = metrics.filter(({ fullName, metric }) => fullName === name || metric.name === name);
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only !== undefined) throw new IdganError("USAGE", `--metrics ${name}: several protocols have that name. Write one of ${found.map(({ fullName }) => fullName).join(", ")}.`);
  const near = suggestMetric(metrics, name);
  const others = metricsPackages.filter((each) => !metrics.some(({ plugin }) => plugin.name === each));
  const more = others.length === 0 ? "" : ` Others come with: ${installCommand(others.join(" "))}`;
  throw new IdganError("USAGE", [`--metrics ${name}: there is no such metric. ${near === undefined ? `There are: ${metrics.map(({ fullName }) => fullName).join(", ")}.${more}` : `Did you mean ${near}?`}`, ...problems].join("\n"));
}

/** The metric, by full or bare name, that `name` is a slip of the hand for. */
export function suggestMetric(metrics: readonly ShelvedMetric[], name: string): string | undefined {
  const byProtocol = metrics.filter(({ metric }) => metric.name === name.split("@")[0]).map(({ fullName }) => fullName);
  return suggest(name, metrics.flatMap(({ fullName, metric }) => [metric.name, fullName])) ?? (byProtocol.length > 0 ? byProtocol.join(" or ") : undefined);
}

function metricsOf(plugin: MetricsPlugin, version: string | undefined, earlier: readonly ShelvedMetric[]): readonly ShelvedMetric[] {
  const shelved: ShelvedMetric[] = [];
  for (const candidate of ask(plugin)) {
    const metric = checkMetric(candidate, plugin.name);
    const fullName = `${metric.name}@${metric.protocol}`;
    const twin = [...earlier, ...shelved].find((each) => each.fullName === fullName);
    if (twin !== undefined) throw new IdganError("PLUGIN_INVALID", `${plugin.name} gives the metric ${fullName}, which ${twin.plugin.name} already gives. A protocol that differs needs a name of its own.`);
    shelved.push({ fullName, metric, plugin: { name: plugin.name, ...(version === undefined ? {} : { version }) } });
  }
  return shelved;
}

function ask(plugin: MetricsPlugin): readonly unknown[] {
  const options = defaultOptions(plugin);
  let given: unknown;
  try {
    given = plugin.metrics(options);
  } catch (error) {
    throw new IdganError("PLUGIN_INVALID", `${plugin.name} threw when it was asked for its metrics: ${messageOf(error)}`, error);
  }
  if (!Array.isArray(given)) throw new IdganError("PLUGIN_INVALID", `${plugin.name} gives no list of metrics. Its function "metrics" returns an array.`);
  return given as readonly unknown[];
}

async function loadExtra(use: string, folders: readonly string[]): Promise<{ readonly plugin: MetricsPlugin; readonly version: string | undefined }> {
  const from = resolve(folders.at(-1) ?? ".");
  if (isFilePath(use) && findModule(use, from) === undefined) throw new IdganError("PLUGIN_NOT_FOUND", `--plugin ${use}: there is no such file, looked for from ${from}. Check the path.`);
  const { plugin } = await loadPlugin({ kind: "metrics", use, slot: "metrics", writer: `--plugin ${use}`, from, folders }, new Map());
  const root = isFilePath(use) ? undefined : [from, ...folders].map((folder) => findPackage(packageOf(use), folder)).find((each) => each !== undefined);
  return { plugin, version: root === undefined ? undefined : readManifest(root).version };
}
