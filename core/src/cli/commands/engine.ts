import { engineNamed, unknownEngine } from "../../config/builtin-engines.js";
import { installCommand } from "../../config/install-command.js";
import { installedPlugins } from "../../config/installed-plugins.js";
import { suggest } from "../../config/suggestion.js";
import { IdganError } from "../../contract/error.js";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { orJsonFailure } from "../json-failure.js";
import { installReporter } from "../reporters/install-line.js";

export interface EngineOptions {
  readonly from?: string;
  readonly gpu?: boolean;
  readonly release?: string;
  readonly sha256?: string;
  readonly json?: boolean;
}

/** `idgan engine install <engine>`: what the engine says that it needs besides its packages. */
export async function runEngine(action: string, engine: string, options: EngineOptions): Promise<void> {
  await orJsonFailure(options.json ?? false, async () => await install(action, engine, options));
}

async function install(action: string, engine: string, { from, gpu = false, release, sha256, json = false }: EngineOptions): Promise<void> {
  if (action !== "install") throw new IdganError("USAGE", `engine: there is no action "${action}". Write idgan engine install ${engine}.`);
  const name = engineNamed(engine);
  const installed = await installedPlugins(process.cwd());
  const found = installed.find((each) => each.name === name);
  if (found === undefined) {
    const near = suggest(name, installed.flatMap(({ name: other, plugin }) => (plugin?.kind === "engine" ? [other] : [])));
    throw new IdganError("PLUGIN_NOT_FOUND", `The engine ${name} is not installed here. ${near === undefined ? (unknownEngine(name) ?? `Run: ${installCommand(name)}`) : `Did you mean ${near}?`}`);
  }
  const { plugin, problem } = found;
  if (plugin?.kind !== "engine") throw new IdganError("PLUGIN_INVALID", `${name} is no engine that could be installed: ${problem ?? "it is a plugin of another kind"}.`);
  if (plugin.install === undefined) throw new IdganError("USAGE", `The engine ${name} needs nothing but its packages: there is nothing to install.`);
  const reporter = installReporter((text) => process.stderr.write(text), process.stderr.isTTY && process.env["TERM"] !== "dumb" ? process.stderr : undefined);
  const lines = await plugin.install({ gpu, ...(from === undefined ? {} : { from: existsSync(from) ? resolve(from) : from }), ...(release === undefined ? {} : { release }), ...(sha256 === undefined ? {} : { sha256 }) }, reporter).finally(reporter.end);
  process.stdout.write(json ? `${JSON.stringify({ engine: name, lines }, null, 2)}\n` : `${lines.join("\n")}\n`);
}
