import type { Plugin } from "../plugin.js";
import { compose } from "./compose.js";
import type { JsonObject } from "./json.js";
import type { Schema } from "./schema.js";

/** A plugin's options when nobody says any. @throws IdganError CONFIG_MISSING where one must be given. */
export function defaultOptions(plugin: Pick<Plugin, "options">): JsonObject {
  return compose(plugin.options as Schema, []);
}
