import { describeOptions, describeSchema, errorCodes, type Metric } from "@idgan/core";
import type { HelpTexts } from "./command-page.js";
import { codeOf, type Page } from "./markdown.js";
import { metricsOf } from "./metrics-page.js";
import type { PluginPackage } from "./plugin-page.js";

/** What documentation may name. */
export interface Vocabulary {
  readonly helpTexts: HelpTexts;
  readonly plugins: readonly PluginPackage[];
}

/** Commands, options, config keys and error codes that a page names and that do not exist. */
export function unknownNames(page: Page, vocabulary: Vocabulary): readonly string[] {
  const keys = keysOf(vocabulary);
  const faults = codeOf(page).flatMap((code) => [
    ...faultsOfCommand(code, vocabulary.helpTexts),
    ...[...code.matchAll(/--set ["']?([\w.@-]+)=/g)].flatMap(([, key = ""]) => (keys.has(key) || key === "key" ? [] : [`--set ${key}`])),
    ...(/^(data|vae|gan|engine|represent|encoder|synthesise|record)\.[a-z][\w.]+$/.test(code) && !keys.has(code) && ![...keys].some((key) => key.startsWith(`${code}.`)) ? [code] : []),
    ...(/^[A-Z]+(_[A-Z]+)+$/.test(code) && !(code in errorCodes) && !notCodes.has(code) ? [code] : []),
  ]);
  return faults.map((fault) => `${page.path}: ${fault}`);
}

/** Names in capitals that are no error codes. */
const notCodes: ReadonlySet<string> = new Set(["IDGAN_VAE__LATENT_DIM", "IDGAN_CACHE", "IDGAN_WEIGHTS", "CUDA_VISIBLE_DEVICES"]);

/** `idgan sample runs/x --count 9`, wherever it stands in a line of code. */
function faultsOfCommand(code: string, helpTexts: HelpTexts): readonly string[] {
  const words = /(?:^|\s|&& )(?:npx )?idgan ((?:[a-z]|--)[^|#&;)]*)/.exec(code)?.[1]?.trim().split(/\s+/) ?? [];
  const [command = ""] = words;
  if (command === "" || command.startsWith("-")) return [];
  const help = helpTexts.get(command);
  if (help === undefined) return [`idgan ${command}`];
  return words.filter((word) => /^--[a-z]/.test(word) && !new RegExp(`^ .*${word}\\b`, "m").test(help)).map((word) => `idgan ${command} ${word}`);
}

/** Options of a metric as `idgan evaluate --set` takes them, by its bare and its full name. */
function metricKeys({ name, protocol, options }: Metric): readonly string[] {
  return describeOptions(options).flatMap(({ key }) => [`${name}.${key}`, `${name}@${protocol}.${key}`]);
}

/** Keys of the schema, and options of every plugin in the slot that it fits. */
function keysOf({ plugins }: Vocabulary): ReadonlySet<string> {
  const options = plugins.flatMap(({ plugin }) => describeOptions(plugin.options).map(({ key }) => `${plugin.kind}.options.${key}`));
  return new Set([...describeSchema().map(({ key }) => key), ...options, ...metricsOf(plugins).flatMap(metricKeys)]);
}
