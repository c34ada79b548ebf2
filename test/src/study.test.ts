import { resolveRun } from "@idgan/core";
import { study } from "@idgan/presets/study/list";
import test from "ava";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./source-tree.js";
import { workspace } from "./tiny-run.js";

test("the study lists every preset that is named after it, once", (t) => {
  const presets = readdirSync(join(root, "presets/src")).filter((name) => /^study-.*\.ts$/.test(name)).map((name) => name.slice(0, -".ts".length));
  t.deepEqual(study.map(({ preset }) => preset).toSorted(), presets.toSorted());
});

test("its runs differ in nothing but the regularizer", async (t) => {
  const runs = await Promise.all(study.map(({ preset }) => resolveRun({ config: preset, cwd: workspace })));
  const [first, ...others] = runs.map(({ config: { vae, ...rest } }) => {
    const { decoder, reduction, initialisation } = vae.options;
    return { ...rest, name: undefined, vae: { size: vae.size, latentDim: vae.latentDim, decoder, reduction, initialisation } };
  });
  for (const other of others) t.deepEqual(other, first);
  t.deepEqual(runs.map(({ config }) => config.name), study.map(({ preset }) => preset));
  const regularizers = runs.map(({ config: { vae } }) => JSON.stringify([vae.use, vae.options]));
  t.is(new Set(regularizers).size, study.length);
  t.like(first, { seed: 1, vae: { size: 64, latentDim: 10, decoder: "bernoulli", reduction: "sum" }, represent: { steps: 300_000, batch: 64 } });
});
