import { createStream, type Engine, type Plugin } from "@idgan/core";
import assert from "node:assert/strict";

/** How small a run the checks make of a plugin. Everything has a default; a plugin that needs more says so. */
export interface Sample {
  /** Height and width of the images, in pixels. */
  readonly size: number;
  readonly channels: number;
  readonly batch: number;
  readonly latentDim: number;
  readonly nuisanceDim: number;
  /** Options that differ from their defaults, and those that have none. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Folder that relative paths in the options start from. */
  readonly folder: string;
  readonly seed: number;
  /** Adam's, for the updates in which a loss must fall. */
  readonly learningRate: number;
  /** Makes the engine that runs the updates; by default the eager one, on tfjs's cpu backend. */
  engine?(): Promise<Engine>;
}

const smallest: Sample = {
  size: 8,
  channels: 1,
  batch: 4,
  latentDim: 3,
  nuisanceDim: 2,
  options: {},
  folder: process.cwd(),
  seed: 1,
  learningRate: 1e-3,
};

/** `sample` with its defaults filled in. */
export function completeSample(sample: Partial<Sample> = {}): Sample {
  return { ...smallest, ...sample };
}

/** The options that the plugin is built with: its defaults, and the sample's over them. */
export function optionsOf(plugin: Plugin, sample: Sample): Record<string, unknown> {
  const declared = Object.entries<{ readonly default: unknown }>(plugin.options);
  const options = { ...Object.fromEntries(declared.map(([name, option]) => [name, option.default])), ...sample.options };
  for (const [name] of declared) {
    assert.notEqual(options[name], undefined, `${plugin.name} has no default for the option "${name}": give the kit one in sample.options.`);
  }
  return options;
}

/** Pixels of `count` images in [0, 1], the same ones for the same seed. */
export function samplePixels(sample: Sample, count = sample.batch): Float32Array {
  return createStream(sample.seed, "testkit/pixels").uniform(0, count * sample.size * sample.size * sample.channels);
}

/** Standard normal values, the same ones for the same seed and name. */
export function sampleNormal(sample: Sample, name: string, count: number): Float32Array {
  return createStream(sample.seed, `testkit/${name}`).normal(0, count);
}
