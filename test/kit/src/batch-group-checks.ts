import { createHooks, RepresentStage, SynthesiseStage, unitSpace, type Dataset, type Engine, type GanPlugin, type OptimizerSpec, type Stage, type VaePlugin } from "@idgan/core";
import assert from "node:assert/strict";
import { createCheck, type Check } from "./check.js";
import { buildGan, referenceTeacher } from "./gan-subject.js";
import { samplePixels, type Sample } from "./sample.js";
import { readAll, withEngine } from "./sample-engine.js";
import { copyWeights } from "./subject.js";
import { buildVae } from "./vae-subject.js";
import { largest } from "./values.js";

/** What a weight's change may differ by, relative to the largest change of its kind: float32 sums in another order. */
const tolerance = 1e-4;

/** Changes the weights by the gradient itself, so that a difference is one of gradients. */
const descent: OptimizerSpec = { name: "sgd", learningRate: 1, beta1: 0, beta2: 0, epsilon: 0, alpha: 0, momentum: 0 };

const title = "has gradients that add up: parts of a batch, of as many images as it says see one another, train what the whole does";

/** Whether a VAE's `batchGroup` is true, by one update of stage 1 whole and in parts. */
export function vaeBatchGroupCheck(plugin: VaePlugin, sample: Sample): Check {
  const make = async (engine: Engine, groups: number | undefined): Promise<Stage | undefined> => {
    const backbone = buildVae(plugin, sample);
    const { batchGroup } = backbone;
    if (batchGroup === undefined || backbone.adversary) return undefined;
    const settings = { engine, backbone, hooks: createHooks(), seed: sample.seed, steps: 1, optimizer: descent, adversaryOptimizer: descent };
    return RepresentStage.create({ ...settings, dataset: fewImages(sample, 2 * batchGroup), batch: 2 * batchGroup, ...(groups === undefined ? {} : { microbatch: groups * batchGroup }) });
  };
  return createCheck(title, () => withEngine(sample, (engine) => assertAddsUp(engine, make)));
}

/** Whether a GAN's `batchGroup` is true, by one update of stage 2, R1 included, whole and in parts. */
export function ganBatchGroupCheck(plugin: GanPlugin, sample: Sample): Check {
  const make = async (engine: Engine, groups: number | undefined): Promise<Stage | undefined> => {
    // Of a GAN that grows, images of full size: the phases before see groups in the same way.
    const { growth: _, ...backbone } = buildGan(plugin, sample);
    const { batchGroup } = backbone;
    if (batchGroup === undefined) return undefined;
    return SynthesiseStage.create({
      engine,
      backbone,
      average: copyWeights(backbone.generator.weights),
      teacher: referenceTeacher(sample),
      dataset: fewImages(sample, 2 * batchGroup),
      hooks: createHooks(),
      seed: sample.seed,
      steps: 1,
      batch: 2 * batchGroup,
      ...(groups === undefined ? {} : { microbatch: groups * batchGroup }),
      code: "paired",
      idWeight: 1e-4,
      r1Weight: 1,
      r1Interval: 1,
      averageDecay: 0.5,
      averageWarmup: false,
      generatorOptimizer: descent,
      discriminatorOptimizer: descent,
    });
  };
  return createCheck(title, () => withEngine(sample, (engine) => assertAddsUp(engine, make)));
}

/** Makes one update whole and one in parts of a group each; a backbone that declares no group promises nothing. */
async function assertAddsUp(engine: Engine, make: (engine: Engine, groups: number | undefined) => Promise<Stage | undefined>): Promise<void> {
  const changes: Map<string, Float32Array>[] = [];
  for (const groups of [undefined, 1]) {
    const stage = await make(engine, groups);
    if (!stage) return;
    const before = await readAll(engine, Object.entries(stage.state));
    await stage.update(true);
    const after = await readAll(engine, Object.entries(stage.state));
    changes.push(new Map([...after].map(([name, values]) => [name, values.map((value, i) => value - (before.get(name)?.[i] ?? 0))])));
    await stage.dispose();
  }
  const [whole, parts] = changes as [Map<string, Float32Array>, Map<string, Float32Array>];
  for (const [name, values] of whole) {
    const network = name.split("/", 1)[0] as string;
    const most = Math.max(...[...whole].filter(([other]) => other.startsWith(network)).map(([, others]) => largest(others)));
    const apart = largest(values.map((value, i) => value - (parts.get(name)?.[i] ?? Number.NaN)));
    assert.ok(apart <= tolerance * most, `An update of the whole batch and one in parts change "${name}" by values that are ${apart} apart (the largest change is ${most}): its images see more of the batch than its batchGroup says.`);
  }
}

function fewImages(sample: Sample, size: number): Dataset {
  const count = sample.size ** 2 * sample.channels;
  const pixels = samplePixels(sample, size);
  return {
    name: "testkit",
    size,
    image: unitSpace(sample.size, sample.channels),
    fingerprint: "testkit",
    batch: async (indices) => Float32Array.from(Array.from(indices, (index) => [...pixels.subarray(index * count, (index + 1) * count)]).flat()),
  };
}
