import { IdganError } from "../contract/error.js";
import { compose } from "./compose.js";
import type { JsonObject } from "./json.js";
import type { Layer } from "./layer.js";
import { suggestMetric, type ShelvedMetric } from "./metric-shelf.js";
import { runSchema, type Schema } from "./schema.js";
import { flagLayer, parseSetting, type Assignment } from "./text-layer.js";

/** What `--set` says to `idgan evaluate`. */
export interface EvaluationSettings {
  /** For the run's config, as they were written. */
  readonly run: readonly string[];
  /** For metrics: the key is a metric's name, a dot, and an option. */
  readonly metrics: readonly Assignment[];
}

/** Parts of a run's config that an evaluation may change; all others describe the encoder, which is trained. */
const changeable: readonly string[] = ["data", "engine"];

/** Parts keys of the config from options of metrics, by their first level. */
export function partSettings(settings: readonly string[]): EvaluationSettings {
  const keys = Object.keys(runSchema({ data: {}, vae: {}, gan: {}, engine: {} }));
  const run: string[] = [];
  const metrics: Assignment[] = [];
  for (const setting of settings) {
    const assignment = parseSetting(setting);
    const [first = ""] = assignment.key.split(".");
    if (changeable.includes(first)) {
      run.push(setting);
    } else if (first === "seed") {
      throw new IdganError("USAGE", `${assignment.label}: the run's own seed is what it was trained with. For another draw of the metrics pass --seed.`);
    } else if (keys.includes(first)) {
      throw new IdganError("USAGE", `${assignment.label}: evaluate takes the run's networks as they are; it can set ${changeable.map((part) => `${part}.*`).join(", ")} and options of metrics, as in --set mig.bins=30.`);
    } else {
      metrics.push(assignment);
    }
  }
  return { run, metrics };
}

/** The options of each chosen metric, checked: its defaults, and over them what was set for it by its full or its bare name. */
export function metricOptions(chosen: readonly ShelvedMetric[], all: readonly ShelvedMetric[], assignments: readonly Assignment[], folder: string): ReadonlyMap<ShelvedMetric, JsonObject> {
  const owned = assignments.map((assignment) => ({ assignment, owner: ownerOf(assignment, chosen, all) }));
  return new Map(
    chosen.map((each) => {
      const own = owned.filter(({ owner }) => owner === each).map(({ assignment }) => assignment);
      return [each, compose(each.metric.options as Schema, [optionLayer(own, each, folder)], `${each.fullName}.`)];
    }),
  );
}

function ownerOf({ key, label }: Assignment, chosen: readonly ShelvedMetric[], all: readonly ShelvedMetric[]): ShelvedMetric {
  const [name = "", ...option] = key.split(".");
  const named = (metrics: readonly ShelvedMetric[]) => metrics.filter(({ fullName, metric }) => fullName === name || metric.name === name);
  const [owner, ...others] = named(chosen);
  if (owner !== undefined && others.length > 0) {
    throw new IdganError("USAGE", `${label}: several metrics that are evaluated have that name. Write ${[owner, ...others].map(({ fullName }) => [fullName, ...option].join(".")).join(" or ")}.`);
  }
  if (owner !== undefined && option.length > 0) return owner;
  if (owner !== undefined) throw new IdganError("USAGE", `${label}: say which option, as in --set ${name}.${Object.keys(owner.metric.options)[0] ?? "option"}=...`);
  if (named(all).length > 0) throw new IdganError("USAGE", `${label}: ${name} is not evaluated here. Add it to --metrics, or leave the setting out.`);
  const near = suggestMetric(all, name);
  throw new IdganError("USAGE", `${label}: there is no metric ${name}, and no such key of a config that evaluate can set. ${near === undefined ? "idgan evaluate --list prints all metrics." : `Did you mean ${near}?`}`);
}

/** Settings of one metric as a layer of its options, whose values messages trace back to the flag. */
function optionLayer(assignments: readonly Assignment[], { fullName }: ShelvedMetric, folder: string): Layer {
  const own = assignments.map((each) => ({ ...each, key: each.key.slice(each.key.indexOf(".") + 1) }));
  const { written, ...layer } = flagLayer(own, folder);
  return { ...layer, written: new Map([...(written ?? [])].map(([key, value]) => [`${fullName}.${key}`, value])) };
}
