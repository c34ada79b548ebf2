import { IdganError } from "../contract/error.js";
import type { Metric } from "../contract/metric.js";
import { checkOptions } from "./check-plugin.js";
import { describeValue } from "./json.js";
import { runSchema } from "./schema.js";

const name = /^[A-Za-z][\w-]*$/;
const needs: ReadonlySet<unknown> = new Set(["factors", "images", "runs", "generator"]);

/** Keys of a config, which a metric's name must not hide: `--set data.use=…` is not an option of a metric called `data`. */
const taken: ReadonlySet<string> = new Set(Object.keys(runSchema({ data: {}, vae: {}, gan: {}, engine: {} })));

/** Checks one of the metrics that the plugin `source` gave. Throws `PLUGIN_INVALID`. */
export function checkMetric(candidate: unknown, source: string): Metric {
  const invalid = (what: string) => new IdganError("PLUGIN_INVALID", `${source} ${what}`);
  if (typeof candidate !== "object" || candidate === null) throw invalid(`gives ${describeValue(candidate)} as a metric. Make each with defineMetric({ name, protocol, ... }).`);
  const metric = candidate as Readonly<Partial<Record<keyof Metric, unknown>>>;
  if (typeof metric.name !== "string" || !name.test(metric.name)) throw invalid(`gives a metric called ${describeValue(metric.name)}. A name is letters, digits, - and _, as in "mig".`);
  if (taken.has(metric.name)) throw invalid(`gives a metric called "${metric.name}", which is a key of a run's config. Give it another name.`);
  if (typeof metric.protocol !== "string" || !name.test(metric.protocol)) {
    throw invalid(`gives the metric "${metric.name}" the protocol ${describeValue(metric.protocol)}. A protocol is letters, digits, - and _, as in "locatello2019".`);
  }
  const full = `${metric.name}@${metric.protocol}`;
  if (typeof metric.doc !== "string" || metric.doc.trim() === "") throw invalid(`does not document its metric ${full}. Every metric has a "doc" of one sentence.`);
  const needed: readonly unknown[] = Array.isArray(metric.needs) ? (metric.needs as readonly unknown[]) : [metric.needs];
  if (needed.length === 0 || needed.some((need) => !needs.has(need))) throw invalid(`says that its metric ${full} needs ${describeValue(metric.needs)}. It is one of ${[...needs].join(", ")}, or a list of them.`);
  if (typeof metric.higherIsBetter !== "boolean" && metric.higherIsBetter !== null) throw invalid(`does not say of its metric ${full} whether "higherIsBetter": true, false or null.`);
  if (metric.lacks !== undefined && typeof metric.lacks !== "function") throw invalid(`gives its metric ${full} a "lacks" that is no function.`);
  if (typeof metric.measure !== "function") throw invalid(`gives its metric ${full} no function "measure".`);
  if (typeof metric.options !== "object" || metric.options === null) throw invalid(`gives its metric ${full} no "options". A metric without any says options: {}.`);
  checkOptions(metric.options, (what) => new IdganError("PLUGIN_INVALID", `${source}: its metric ${full} ${what}`));
  return candidate as Metric;
}
