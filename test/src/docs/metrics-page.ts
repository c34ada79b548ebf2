import { defaultOptions, describeOptions, needsOf, type Metric, type MetricNeed } from "@idgan/core";
import { importPlugins, type PluginPackage } from "./plugin-page.js";
import { renderKeys } from "./table.js";

const introduction = `# Metrics

The metrics that the plugins of this repository bring to \`idgan evaluate\`: \`idgan evaluate <run> --metrics mig --set mig.bins=30\`. A metric's full name says by which protocol it is computed, and
the defaults of its options are that protocol's constants; [why](../decisions/metrics-have-protocols.md). \`idgan evaluate --list\` prints those that are installed where you stand, other people's included.

This page is made from the metric objects by \`node test/docs/write-reference.mjs\`.
`;

const needs: Readonly<Record<MetricNeed, string>> = {
  factors: "images with known factors",
  images: "images alone",
  runs: "other runs on the same images, with `--beside`",
  generator: "a generator, of stage 2",
};

/** Every metric of the plugins, with the options that each plugin has by default. */
export function metricsOf(plugins: readonly PluginPackage[]): readonly Metric[] {
  return plugins.flatMap(({ plugin }) => (plugin.kind === "metrics" ? plugin.metrics(defaultOptions(plugin)) : []));
}

/** The text of `docs/reference/metrics.md`. */
export async function renderMetricsPage(): Promise<string> {
  const plugins = (await importPlugins()).filter(({ plugin }) => plugin.kind === "metrics");
  return introduction + plugins.map((found) => metricsOf([found]).map((metric) => renderMetric(metric, found.plugin.name)).join("")).join("");
}

function renderMetric({ name, protocol, doc, needs: need, higherIsBetter, options }: Metric, plugin: string): string {
  const direction = higherIsBetter === null ? "Neither higher nor lower is better" : `${higherIsBetter ? "Higher" : "Lower"} is better`;
  const keys = describeOptions(options);
  const table = keys.length === 0 ? "No options." : renderKeys(keys, "option");
  return `\n## ${name}@${protocol}\n\n${doc}\n\n${direction}. Needs ${needsOf({ needs: need }).map((each) => needs[each]).join(" and ")}. From ${plugin}.\n\n${table}\n`;
}
