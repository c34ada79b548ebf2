import { resolveRun } from "@idgan/core";
import test from "ava";
import { workspace } from "./tiny-run.js";

/** The table of the official code, scripts/run_*.sh and configs/*.yaml: β, size, nfilter (of residual networks), batch, w_info, reg_param, lr of G. */
const official: Readonly<Record<string, readonly (number | undefined)[]>> = {
  dsprites: [8, 64, undefined, 64, 1e-4, 10, 1e-3],
  "celeba-64": [6.4, 64, 64, 64, 1e-3, 10, 1e-4],
  "celeba-256": [6.4, 256, 64, 24, 1e-3, 10, 1e-4],
  "celeba-hq-1024": [6.4, 1024, 16, 1, 1e-4, 10, 1e-4],
  "chairs-64": [10, 64, 64, 64, 1e-4, 1000, 1e-4],
  "cars-64": [5, 64, 64, 64, 1e-3, 10, 1e-4],
};

/** What data/preprocess.py does to each picture; stage 2 then sees it flipped and with noise. */
const preprocessing: Readonly<Record<string, object>> = {
  "celeba-64": { crop: 160, leastSide: 0, fit: "cover" },
  "celeba-256": { crop: 160, leastSide: 0, fit: "cover" },
  "celeba-hq-1024": { crop: null, leastSide: 0, fit: "cover" },
  "chairs-64": { crop: 450, leastSide: 0, fit: "cover" },
  "cars-64": { crop: null, leastSide: 64, fit: "fill" },
};

for (const [preset, row] of Object.entries(official)) {
  test(`${preset} has the official settings`, async (t) => {
    const { config } = await resolveRun({ config: preset, cwd: workspace, set: preset === "dsprites" ? [] : ["data.options.folder=."] });
    const { vae, gan, represent, synthesise } = config;
    const { optimizer } = represent;
    const { generatorOptimizer: generator, discriminatorOptimizer: discriminator } = synthesise;
    t.is(config.name, preset);
    if (preset !== "dsprites") t.like(config.data.options, { ...preprocessing[preset], channels: 3, flip: true, dequantise: true, augment: "synthesise" });
    const width = gan.use === "@idgan/plugin-resnetgan" ? gan.options["width"] : undefined;
    t.deepEqual([vae.options["beta"], gan.size, width, synthesise.batch, synthesise.idWeight, synthesise.r1Weight, generator.learningRate], row);
    t.like(optimizer, { name: "adam", learningRate: 1e-4, beta1: 0.9, beta2: 0.999 });
    t.like(discriminator, { name: "rmsprop", learningRate: 1e-4, alpha: 0.99, epsilon: 1e-8, momentum: 0 });
    t.like(synthesise, { steps: 300_000, code: "paired", r1Interval: 1, averageDecay: 0.999, averageWarmup: false });
    t.like(vae, { size: 64, latentDim: preset === "dsprites" ? 10 : 20 });
    t.like(gan, { nuisanceDim: preset === "dsprites" ? 0 : 256 });
    t.is(represent.steps, preset === "dsprites" ? 500_000 : 1_000_000);
    t.is(vae.options["initialisation"], "official");
    t.is(gan.options["initialisation"], "official");
  });
}
