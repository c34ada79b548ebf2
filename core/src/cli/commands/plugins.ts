import { describeOptions } from "../../config/schema.js";
import { installedPlugins, type InstalledPlugin } from "../../config/installed-plugins.js";
import { renderKeys, renderTable } from "../table.js";

/** `idgan plugins`: what a config here could name, and the options of each. */
export async function runPlugins(json: boolean): Promise<void> {
  const found = await installedPlugins(process.cwd());
  process.stdout.write(json ? `${JSON.stringify(found.map(asJson), null, 2)}\n` : `${found.map(asText).join("\n\n")}\n`);
}

function asText({ name, version, plugin, problem }: InstalledPlugin): string {
  if (plugin === undefined) {
    return `${name}  ${version}\n  cannot be used: ${problem}`;
  }
  const head = renderTable([[name, version, plugin.kind, `works with core ${plugin.core}`]]);
  const options = describeOptions(plugin.options);
  return options.length === 0 ? head : `${head}\n${renderKeys(options, "  ")}`;
}

function asJson({ name, version, folder, plugin, problem }: InstalledPlugin): object {
  return plugin === undefined ? { name, version, folder, problem } : { name, version, folder, kind: plugin.kind, core: plugin.core, options: describeOptions(plugin.options) };
}
