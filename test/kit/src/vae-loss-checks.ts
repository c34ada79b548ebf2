import { IdganError, type Engine, type VaePlugin } from "@idgan/core";
import assert from "node:assert/strict";
import { createCheck, type Check } from "./check.js";
import { sampleNormal, samplePixels, type Sample } from "./sample.js";
import { readAll, runStep, withEngine } from "./sample-engine.js";
import { createRecorder, ratesOf } from "./subject.js";
import { allFinite, assertSame, sameBytes } from "./values.js";
import { createVaeSubject, type VaeSubject } from "./vae-subject.js";

/** What one update computed: its outputs, and the gradients of each network by its name and the weights'. */
interface Computed {
  readonly outputs: Readonly<Record<string, Float32Array>>;
  readonly gradients: ReadonlyMap<string, ReadonlyMap<string, Float32Array>>;
}

/** What the losses of a VAE promise beyond the terms of one usual batch. */
export function vaeLossChecks(plugin: VaePlugin, sample: Sample): readonly Check[] {
  const build = () => createVaeSubject(plugin, sample);
  return [
    createCheck("says in a line what its loss sums and what it averages", () => {
      const { lossConvention } = build().backbone;
      assert.match(String(lossConvention ?? ""), /^\S.*\s.*\S$/, `lossConvention is ${JSON.stringify(lossConvention)}; without it no weight of a term can be compared.`);
    }),
    createCheck("keeps terms and gradients finite on images of one colour", () =>
      withEngine(sample, async (engine) => {
        const finite = finiteNames(await compute(engine, build()));
        for (const colour of [0, 1]) {
          const { length } = samplePixels(sample);
          const computed = await compute(engine, build(), (feeds) => ({ ...feeds, x: new Float32Array(length).fill(colour), ...(feeds["second"] && { second: new Float32Array(length).fill(colour) }) }));
          assertFinite(computed, finite, `of images that are ${colour} everywhere`);
        }
      }),
    ),
    createCheck("takes a batch of one, or refuses it with a reason", () =>
      withEngine(sample, async (engine) => {
        const finite = finiteNames(await compute(engine, build()));
        const alone = { ...sample, batch: 1 };
        const computed = await unlessRefused(/batch/i, () => compute(engine, createVaeSubject(plugin, alone)));
        if (computed) assertFinite(computed, finite, "of a batch of one");
      }),
    ),
    createCheck("needs no size of the dataset, or refuses what is none", () =>
      withEngine(sample, async (engine) => {
        const finite = finiteNames(await compute(engine, build()));
        for (const datasetSize of [Number.NaN, Number.POSITIVE_INFINITY, 0, -1]) {
          const computed = await unlessRefused(/datasetSize/, () => compute(engine, createVaeSubject(plugin, sample, sample.seed, datasetSize)));
          if (computed) assertFinite(computed, finite, `with a context.datasetSize of ${datasetSize}`);
        }
      }),
    ),
    createCheck("uses the second batch that it declares, for its adversary alone", () =>
      withEngine(sample, async (engine) => {
        if (build().backbone.adversary?.secondBatch !== true) return;
        const other = { ...sample, seed: sample.seed + 2 };
        const [first, second] = [
          await compute(engine, build()),
          await compute(engine, build(), (feeds) => ({ ...feeds, second: samplePixels(other), secondEpsilon: sampleNormal(other, "epsilon", sample.batch * sample.latentDim) })),
        ];
        assertSame(second.gradients.get("VAE") ?? new Map(), first.gradients.get("VAE") ?? new Map(), "With another second batch, the gradients of the VAE");
        const before = first.gradients.get("adversary") ?? new Map<string, Float32Array>();
        const differ = [...before].some(([name, values]) => !sameBytes(values, second.gradients.get("adversary")?.get(name) ?? values));
        assert.ok(differ, "The adversary declares a second batch, and its gradients are the same whatever the images are: use step.second in its loss, or do not declare it.");
      }),
    ),
  ];
}

/** Runs one update that changes no weight. */
async function compute(engine: Engine, subject: VaeSubject, change: (feeds: Record<string, Float32Array>) => Record<string, Float32Array> = (feeds) => feeds): Promise<Computed> {
  const recorder = createRecorder();
  const [outputs = {}] = await runStep(engine, subject.update(recorder.optimize), change(subject.feeds(ratesOf(subject, 0))));
  const gradients = new Map<string, ReadonlyMap<string, Float32Array>>();
  for (const network of subject.networks) gradients.set(network.name, await readAll(engine, Object.entries(recorder.gradientsOf(network))));
  return { outputs, gradients };
}

/** Names of the terms that the sample's own images leave finite; the others have failed another check already. */
function finiteNames({ outputs }: Computed): readonly string[] {
  return Object.entries(outputs).filter(([, values]) => allFinite(values)).map(([name]) => name);
}

function assertFinite({ outputs, gradients }: Computed, names: readonly string[], when: string): void {
  for (const name of names) assert.ok(allFinite(outputs[name] ?? new Float32Array([Number.NaN])), `The term "${name}" ${when} is ${outputs[name]?.[0]}.`);
  for (const [network, values] of gradients) {
    for (const [name, gradient] of values) assert.ok(allFinite(gradient), `The gradient of "${name}" (${network}) ${when} is not finite.`);
  }
}

/** What `body` computes, or nothing where it was refused by an IdganError that names its `subject`. */
async function unlessRefused<Result>(subject: RegExp, body: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof IdganError)) throw error;
    assert.match(error.message, subject, "It is refused, but the message does not say why.");
    return undefined;
  }
}
