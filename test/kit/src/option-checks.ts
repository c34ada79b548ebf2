import type { Option, Plugin, PluginKind } from "@idgan/core";
import assert from "node:assert/strict";
import { createCheck, type Check } from "./check.js";
import { optionsOf, type Sample } from "./sample.js";

const kinds: readonly string[] = ["vae", "gan", "data", "engine", "tap", "metrics"] satisfies readonly PluginKind[];

/** What a plugin says of itself and of its options, and where it is of the kind that is asked for, `ofKind` besides. */
export function kindChecks(kind: PluginKind, plugin: Plugin, sample: Sample, ofKind: () => readonly Check[]): readonly Check[] {
  return [...optionChecks(kind, plugin, sample), ...(plugin.kind === kind ? ofKind() : [])];
}

function optionChecks(kind: PluginKind, plugin: Plugin, sample: Sample): readonly Check[] {
  const options = Object.entries<Option<unknown>>(plugin.options);
  return [
    createCheck("says its kind, its name and the core it works with", () => {
      assert.ok(kinds.includes(plugin.kind), `kind is "${plugin.kind}".`);
      assert.equal(plugin.kind, kind, `${plugin.name} is a plugin of kind "${plugin.kind}"; use ${plugin.kind}Checks for it. These are the checks of kind "${kind}".`);
      assert.match(plugin.name, /^(@[\w.-]+\/)?[\w.-]+$|^\.{0,2}\//, `name "${plugin.name}" is neither a package's nor a path.`);
      assert.match(plugin.core, /\d/, `core "${plugin.core}" is no semver range.`);
    }),
    createCheck("documents every option in a sentence, with what it takes", () => assertOptionsDocumented(options)),
    createCheck("accepts its own defaults, and the options of the sample", () => {
      for (const [name, value] of Object.entries(optionsOf(plugin, sample))) {
        const option = options.find(([declared]) => declared === name)?.[1];
        assert.ok(option, `The sample sets "${name}", which ${plugin.name} does not declare.`);
        assert.equal(refusal(option, value), undefined, `The option "${name}" refuses ${JSON.stringify(value)}.`);
      }
    }),
    createCheck("refuses NaN and values of a foreign type in every option", () => {
      for (const [name, option] of options) {
        for (const foreign of [Number.NaN, Symbol("foreign"), () => 0]) {
          assert.notEqual(refusal(option, foreign), undefined, `The option "${name}" takes ${String(foreign)}; it expects ${option.format.expected}.`);
        }
      }
    }),
  ];
}

export function assertOptionsDocumented(options: readonly (readonly [name: string, option: Option<unknown>])[]): void {
  for (const [name, { doc, format }] of options) {
    assert.match(name, /^[a-z][A-Za-z0-9]*$/, `The option "${name}" is not a camelCase word, which a config and a flag need.`);
    assert.match(String(doc ?? ""), /\S\s\S.*[.)]$/s, `The option "${name}" has no doc that is a sentence: ${JSON.stringify(doc)}.`);
    assert.ok(typeof format?.expected === "string" && format.expected !== "", `The format of "${name}" does not say what it expects.`);
  }
}

/** Why the option's format does not take `value`. */
export function refusal(option: Option<unknown>, value: unknown): string | undefined {
  const check: (value: unknown) => void = option.format;
  try {
    check(value);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
