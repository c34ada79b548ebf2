import { describeOptions, type Plugin } from "@idgan/core";
import { readPackages } from "../source-tree.js";
import { renderKeys } from "./table.js";

const introduction = `# Plugins

The plugins of this repository and their options, as they stand in a config: \`vae: { use: "@idgan/plugin-betavae", options: { beta: 8 } }\`.
Besides them, the engine \`eager\` is part of core: it has no options, runs each step as plain TensorFlow.js, and is the reference for the others.

\`idgan plugins\` lists those that are installed where you stand, other people's included. How to write one: [write a plugin](../guides/write-a-plugin.md).

This page is made from the plugin objects by \`node test/docs/write-reference.mjs\`.
`;

/** A plugin package of the workspace, imported. */
export interface PluginPackage {
  /** From the root: `plugins/dcgan`. */
  readonly folder: string;
  readonly plugin: Plugin;
}

const kinds: Readonly<Record<Plugin["kind"], string>> = { vae: "VAE", gan: "GAN", data: "data", engine: "engine", tap: "tap", metrics: "metrics" };

export async function importPlugins(): Promise<readonly PluginPackage[]> {
  const packages = readPackages().filter(({ folder }) => folder.startsWith("plugins/"));
  return Promise.all(
    packages.map(async ({ folder, manifest }) => {
      const module = (await import(manifest.name)) as { readonly default: Plugin };
      return { folder, plugin: module.default };
    }),
  );
}

/** The text of `docs/reference/plugins.md`. */
export async function renderPluginPage(): Promise<string> {
  const plugins = await importPlugins();
  const order = Object.keys(kinds);
  const sorted = plugins.toSorted((a, b) => order.indexOf(a.plugin.kind) - order.indexOf(b.plugin.kind) || a.plugin.name.localeCompare(b.plugin.name));
  return introduction + sorted.map(renderPlugin).join("");
}

function renderPlugin({ folder, plugin }: PluginPackage): string {
  const options = describeOptions(plugin.options);
  const table = options.length === 0 ? "No options." : renderKeys(options, "option");
  return `\n## ${plugin.name}\n\nKind: ${kinds[plugin.kind]}. Core: \`${plugin.core}\`. [README](../../${folder}/README.md)\n\n${table}\n`;
}
