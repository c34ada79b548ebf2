import { isJsonObject, type JsonObject } from "../../config/json.js";
import type { Score } from "../../contract/metric.js";
import { readOrSetAside, writeJson } from "../record/json-file.js";

/** Which encoder a score is of. */
export interface EncoderRecord {
  /** SHA-256 of its weights. */
  readonly hash: string;
  /** Updates of its stage that it has seen. */
  readonly step: number;
  readonly checkpoint: string;
}

/** Which generator a score is of. */
export interface GeneratorRecord extends EncoderRecord {
  /** The GAN's plugin. */
  readonly use: string;
}

/** One score as `metrics.json` keeps it: all that it takes to make it again, and to know what it may be compared with. */
export interface MetricEntry extends Score {
  /** `name@protocol`. */
  readonly metric: string;
  /** There where the codes are not those of the data's images, but of the images that this made of them. */
  readonly of?: "decoder" | "generator";
  readonly higherIsBetter: boolean | null;
  readonly options: JsonObject;
  readonly seed: number;
  readonly dataset: { readonly name: string; readonly fingerprint: string; readonly size: number; readonly notes: readonly string[] };
  readonly encoder: EncoderRecord;
  /** There where the metric needs a generator, or the codes are of its images. */
  readonly generator?: GeneratorRecord;
  /** The VAE's plugin, and how its loss is scaled: beta means nothing without it. */
  readonly vae: { readonly use: string; readonly lossConvention?: string };
  /** Other runs that were compared with, where the metric needs them. */
  readonly beside?: readonly { readonly run: string; readonly encoder: EncoderRecord }[];
  /** Of the metric; encoding, which all metrics share, is left out. */
  readonly seconds: number;
  readonly core: string;
  readonly plugin: { readonly name: string; readonly version?: string };
  /** When it was measured, ISO 8601. */
  readonly time: string;
}

/** Adds entries to `metrics.json`; each takes the place of an earlier one of the same metric, options, seed, images and networks. */
export async function addEntries(file: string, added: readonly MetricEntry[], warn: (text: string) => void): Promise<void> {
  const earlier = ((await readOrSetAside(file, warn, isList)) ?? []) as readonly JsonObject[];
  const keys = new Set(added.map(identityOf));
  const kept = earlier.filter((entry) => !keys.has(identityOf(entry as unknown as MetricEntry)));
  await writeJson(file, [...kept, ...added]);
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => isJsonObject(entry) && typeof entry["metric"] === "string");
}

function identityOf({ metric, of, options, seed, dataset, encoder, generator, beside }: Partial<MetricEntry>): string {
  const sorted = Object.entries(options ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([metric, of, sorted, seed, dataset?.name, dataset?.fingerprint, encoder?.hash, generator?.hash, (beside ?? []).map((other) => other.encoder.hash).toSorted()]);
}
