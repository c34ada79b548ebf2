import test from "ava";
import { AssertionError } from "node:assert/strict";
import { rmSync } from "node:fs";
import { brokenData } from "./broken/broken-data.js";
import { brokenEngines } from "./broken/broken-engine.js";
import { brokenGans } from "./broken/broken-gan.js";
import { brokenMetrics } from "./broken/broken-metrics.js";
import { brokenPackages, goodPackage, otherPackages, writePackage } from "./broken/broken-package.js";
import { brokenTaps } from "./broken/broken-tap.js";
import { brokenVaes } from "./broken/broken-vae.js";
import {
  dataChecks,
  engineChecks,
  ganChecks,
  metricsChecks,
  packageChecks,
  referenceData,
  referenceEngine,
  referenceGan,
  referenceMetrics,
  referenceTap,
  referenceVae,
  tapChecks,
  vaeChecks,
  type Check,
} from "./index.js";

/** Titles of the checks that fail, each with an AssertionError. */
async function failuresOf(checks: readonly Check[]): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const check of checks) {
    await check.run().catch((error: unknown) => {
      if (!(error instanceof AssertionError)) throw error;
      failures.push(check.title);
    });
  }
  return failures;
}

const references: Readonly<Record<string, readonly Check[]>> = {
  VAE: vaeChecks(referenceVae),
  GAN: ganChecks(referenceGan),
  dataset: dataChecks(referenceData, {}),
  engine: engineChecks(referenceEngine),
  tap: tapChecks(referenceTap),
  metrics: metricsChecks(referenceMetrics),
};

for (const [subject, checks] of Object.entries(references)) {
  for (const check of checks) test(`the reference ${subject} ${check.title}`, async (t) => t.notThrowsAsync(check.run()));
}

const broken = [
  ...brokenVaes.map(({ fault, fails, plugin }) => ({ fault: `VAE that ${fault}`, fails, checks: vaeChecks(plugin) })),
  ...brokenGans.map(({ fault, fails, plugin }) => ({ fault: `GAN that ${fault}`, fails, checks: ganChecks(plugin) })),
  ...brokenData.map(({ fault, fails, plugin }) => ({ fault: `dataset that ${fault}`, fails, checks: dataChecks(plugin, {}) })),
  ...brokenEngines.map(({ fault, fails, plugin }) => ({ fault: `engine that ${fault}`, fails, checks: engineChecks(plugin) })),
  ...brokenTaps.map(({ fault, fails, plugin }) => ({ fault: `tap that ${fault}`, fails, checks: tapChecks(plugin) })),
  ...brokenMetrics.map(({ fault, fails, plugin }) => ({ fault: `plugin of metrics that ${fault}`, fails, checks: metricsChecks(plugin) })),
];

for (const { fault, fails, checks } of broken) {
  test(`${/^[aeiou]/.test(fault) ? "an" : "a"} ${fault} fails its own check and no other`, async (t) => {
    const failures = await failuresOf(checks);
    t.deepEqual(failures.map((title) => (title.includes(fails) ? fails : title)), [fails]);
  });
}

const packaged = { ...referenceVae, name: "@someone/plugin-good" };

for (const { fault, fails, files } of [{ fault: "has no fault", fails: undefined, files: goodPackage }, ...otherPackages, ...brokenPackages]) {
  test(`a package that ${fault} fails ${fails === undefined ? "no check" : "its own check and no other"}`, async (t) => {
    const dir = writePackage(files);
    t.teardown(() => rmSync(dir, { recursive: true }));
    const failures = await failuresOf(packageChecks(dir, packaged));
    t.deepEqual(failures.map((title) => (fails !== undefined && title.includes(fails) ? fails : title)), fails === undefined ? [] : [fails]);
  });
}

test("checks that are started together run one after the other", async (t) => {
  const results = await Promise.allSettled([...vaeChecks(referenceVae), ...ganChecks(referenceGan)].map((check) => check.run()));
  t.deepEqual(results.filter(({ status }) => status === "rejected"), []);
});

test("a failed check says what was expected and what was found", async (t) => {
  const leaking = brokenVaes.find(({ fault }) => fault.startsWith("keeps a tensor"));
  const check = vaeChecks(leaking?.plugin ?? referenceVae).find(({ title }) => title.startsWith("leaves no tensor"));
  const error = await t.throwsAsync(async () => check?.run(), { instanceOf: AssertionError });
  t.like(error, { actual: 3, expected: 0 });
  t.regex(error?.message ?? "", /^Tensors that 3 updates left behind; dispose them, or do not keep them\./);
});
