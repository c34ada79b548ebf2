import { satisfies, validRange } from "semver";
import { IdganError, messageOf } from "../contract/error.js";
import type { Option } from "../contract/option.js";
import type { Plugin, PluginKind } from "../plugin.js";
import { coreVersion } from "./core-version.js";
import { describeValue } from "./json.js";

/** What each kind of plugin must be able to do. */
const duties: Readonly<Record<PluginKind, readonly string[]>> = {
  vae: ["build"],
  gan: ["build"],
  data: ["open"],
  engine: ["create", "probe"],
  tap: ["apply"],
  metrics: ["metrics"],
};

export type PluginOf<Kind extends PluginKind> = Extract<Plugin, { readonly kind: Kind }>;

/** What a plugin of a kind may also be able to do. */
const talents: Readonly<Partial<Record<PluginKind, readonly string[]>>> = { engine: ["install"] };

/** Names that convict keeps for itself, or that an object already has. */
const reserved = new Set(["default", "constructor", "prototype"]);

/** What a plugin is checked against. */
export interface Expectation<Kind extends PluginKind> {
  readonly kind: Kind;
  /** The name that it must bear; `undefined` for a local file, which may call itself as it likes. */
  readonly name: string | undefined;
  /** How messages call the thing that was loaded: `@idgan/plugin-x (/path/of/it.js)`. */
  readonly source: string;
}

/** Checks what a package gave, in this order: object, kind, name, range of core, options documented, able to do its work. */
export function checkPlugin<Kind extends PluginKind>(candidate: unknown, { kind, name, source }: Expectation<Kind>): PluginOf<Kind> {
  const invalid = (what: string) => new IdganError("PLUGIN_INVALID", `${source} ${what}`);
  if (typeof candidate !== "object" || candidate === null || Array.isArray(candidate)) {
    throw invalid(`is no plugin: its default export is ${describeValue(candidate)}. It must export definePlugin({ kind, name, core, options, ... }) as default.`);
  }
  const plugin = candidate as Readonly<Record<string, unknown>>;
  if (plugin["kind"] !== kind) {
    const kinds = Object.keys(duties).join(", ");
    throw invalid(typeof plugin["kind"] === "string" && plugin["kind"] in duties ? `is a plugin of kind "${plugin["kind"]}", and this place takes kind "${kind}".` : `is no plugin: its "kind" is ${describeValue(plugin["kind"])}, not one of ${kinds}.`);
  }
  if (typeof plugin["name"] !== "string" || plugin["name"] === "" || (name !== undefined && plugin["name"] !== name)) {
    throw invalid(`calls itself ${describeValue(plugin["name"])}. A plugin's "name" is the name it is used by${name === undefined ? "" : `: "${name}"`}.`);
  }
  checkRange(plugin["core"], source);
  const options = plugin["options"];
  if (typeof options !== "object" || options === null) {
    throw invalid(`has no "options". A plugin without any says options: {}.`);
  }
  checkOptions(options, invalid);
  for (const duty of duties[kind]) {
    if (typeof plugin[duty] !== "function") {
      throw invalid(`has no function "${duty}", which a plugin of kind "${kind}" needs.`);
    }
  }
  for (const talent of talents[kind] ?? []) {
    if (plugin[talent] !== undefined && typeof plugin[talent] !== "function") {
      throw invalid(`has a "${talent}" that is ${describeValue(plugin[talent])}; a plugin of kind "${kind}" has a function there, or nothing.`);
    }
  }
  return candidate as PluginOf<Kind>;
}

/** Checks names, docs, formats and defaults of options; `invalid` makes the error. */
export function checkOptions(options: object, invalid: (what: string) => IdganError): void {
  for (const [key, option] of Object.entries(options as Readonly<Record<string, Option<unknown> | undefined>>)) {
    checkOption(key, option, invalid);
  }
}

function checkRange(range: unknown, source: string): void {
  if (typeof range !== "string" || validRange(range) === null) {
    throw new IdganError("PLUGIN_INVALID", `${source} says it works with @idgan/core ${describeValue(range)}, which is no semver range. Its "core" must be one, such as "^${coreVersion}".`);
  }
  if (!satisfies(coreVersion, range, { includePrerelease: true })) {
    throw new IdganError("PLUGIN_CORE_RANGE", `${source} works with @idgan/core ${range}, and this is ${coreVersion}. Update the plugin, or install a core of that range.`);
  }
}

function checkOption(key: string, option: Option<unknown> | undefined, invalid: (what: string) => IdganError): void {
  if (!/^[a-z][A-Za-z0-9]*$/.test(key) || reserved.has(key)) {
    throw invalid(`has an option called "${key}". An option's name is camelCase, and none of ${[...reserved].join(", ")}.`);
  }
  if (typeof option?.doc !== "string" || option.doc.trim() === "") {
    throw invalid(`does not document its option "${key}". Every option has a "doc" of one sentence.`);
  }
  if (typeof option.format !== "function" || typeof option.format.expected !== "string") {
    throw invalid(`gives its option "${key}" no format. Use one of @idgan/core: positive, integer, oneOf(...), ...`);
  }
  if (option.default !== undefined) {
    try {
      (option.format as (value: unknown) => void)(option.default);
    } catch (error) {
      throw invalid(`has a default for "${key}", ${describeValue(option.default)}, that its own format refuses: ${messageOf(error)}.`);
    }
  }
}
