import test from "ava";
import { IdganError } from "../contract/error.js";
import type { Metric } from "../contract/metric.js";
import { oneOf, positiveInteger } from "./formats.js";
import { metricOptions, partSettings } from "./metric-settings.js";
import { chooseMetrics, findMetrics, type ShelvedMetric } from "./metric-shelf.js";

function shelved(name: string, protocol: string, options: object = {}): ShelvedMetric {
  const metric = { name, protocol, doc: "A score (someone, 2020).", higherIsBetter: true, needs: "images", options, measure: async () => ({ value: 0, parts: {} }) } as unknown as Metric;
  return { fullName: `${name}@${protocol}`, metric, plugin: { name: "x-metrics", version: "1.0.0" } };
}

const bins = { bins: { doc: "Bins.", format: positiveInteger, default: 20 }, mode: { doc: "Mode.", format: oneOf("mean", "20"), default: "mean" } };
const [mig, exact, sap] = [shelved("mig", "locatello2019", bins), shelved("mig", "chen2018", bins), shelved("sap", "kumar2018")];
const shelf = { metrics: [mig, exact, sap], problems: ["x-broken cannot be used: it is broken."] };
const optionsOf = (set: readonly string[], chosen: readonly ShelvedMetric[] = [mig, sap]) => metricOptions(chosen, shelf.metrics, partSettings(set).metrics, "/");

function refused(t: { throws(body: () => unknown, expected: { instanceOf: typeof IdganError }): unknown }, body: () => unknown): string {
  const { code, message } = t.throws(body, { instanceOf: IdganError }) as IdganError;
  return `${code}: ${message}`;
}

test("settings of the run and options of metrics are told apart by their first word", (t) => {
  const { run, metrics } = partSettings(["data.use=x", "mig.bins=30", "engine.options.threads=1", "mig@chen2018.bins=9"]);
  t.deepEqual(run, ["data.use=x", "engine.options.threads=1"]);
  t.deepEqual(metrics.map(({ key, raw }) => `${key}=${raw}`), ["mig.bins=30", "mig@chen2018.bins=9"]);
  for (const setting of ["vae.latentDim=3", "represent.steps=1"]) t.regex(refused(t, () => partSettings([setting])), /^USAGE: --set .*: evaluate takes the run's networks as they are/);
  t.regex(refused(t, () => partSettings(["seed=2"])), /^USAGE: --set seed: .* For another draw of the metrics pass --seed\.$/);
});

test("options are the defaults with what was set by full or bare name, as numbers or text as the format says", (t) => {
  t.deepEqual(optionsOf([]).get(mig), { bins: 20, mode: "mean" });
  t.deepEqual(optionsOf(["mig.bins=30", "mig@locatello2019.mode=20"]).get(mig), { bins: 30, mode: "20" });
  t.deepEqual(optionsOf(["mig.bins=30"]).get(sap), {});
  t.deepEqual(optionsOf(["mig@chen2018.bins=9"], [mig, exact]).get(mig), { bins: 20, mode: "mean" });
});

test("a wrong option is refused with the flag that said it", (t) => {
  t.regex(refused(t, () => optionsOf(["mig.bins=x"])), /^CONFIG_VALUE: --set mig\.bins: "mig@locatello2019\.bins" must be an integer of at least 1; it is "x"\.$/);
  t.regex(refused(t, () => optionsOf(["mig.bin=3"])), /^CONFIG_UNKNOWN_KEY: .*Did you mean "mig@locatello2019\.bins"\?/);
  t.regex(refused(t, () => optionsOf(["mig=3"])), /^USAGE: --set mig: say which option, as in --set mig\.bins=\.\.\./);
  t.regex(refused(t, () => optionsOf(["mgi.bins=3"])), /^USAGE: .*there is no metric mgi.*Did you mean mig\?/);
  t.regex(refused(t, () => optionsOf(["sap.bins=3"], [mig])), /^USAGE: --set sap\.bins: sap is not evaluated here/);
  t.regex(refused(t, () => optionsOf(["mig.bins=3"], [mig, exact])), /Write mig@locatello2019\.bins or mig@chen2018\.bins\./);
});

test("a bare name means the one protocol that has it, and a slip gets a suggestion", (t) => {
  t.deepEqual(chooseMetrics(shelf, ["sap", "mig@chen2018", "sap@kumar2018"]), [sap, exact]);
  t.is(chooseMetrics(shelf, undefined), shelf.metrics);
  t.regex(refused(t, () => chooseMetrics(shelf, ["mig"])), /^USAGE: --metrics mig: several protocols have that name\. Write one of mig@locatello2019, mig@chen2018\./);
  t.regex(refused(t, () => chooseMetrics(shelf, ["sapp"])), /Did you mean sap\?\nx-broken cannot be used/);
  t.regex(refused(t, () => chooseMetrics(shelf, ["mig@eastwood2018"])), /Did you mean mig@locatello2019 or mig@chen2018\?/);
  t.regex(refused(t, () => chooseMetrics(shelf, ["fid"])), /There are: mig@locatello2019, mig@chen2018, sap@kumar2018\. Others come with: .* @idgan\/plugin-metrics-fidelity /);
  t.regex(refused(t, () => chooseMetrics(shelf, ["mig", ""])), /^USAGE: --metrics: an empty name/);
  t.regex(refused(t, () => chooseMetrics({ metrics: [], problems: [] }, undefined)), /^PLUGIN_NOT_FOUND: No metric is installed here\. Run: .* @idgan\/plugin-metrics-distillation, or/);
});

const plugin = (metrics: readonly unknown[]) => ({ kind: "metrics" as const, name: "x-metrics", core: "*", options: {}, metrics: () => metrics as readonly Metric[] });

const faulty: readonly (readonly [change: object, said: RegExp])[] = [
  [{ name: "straight line" }, /a metric called "straight line"/],
  [{ name: "data" }, /a metric called "data", which is a key of a run's config/],
  [{ protocol: undefined }, /the metric "mig" the protocol/],
  [{ doc: "" }, /does not document its metric mig@locatello2019/],
  [{ needs: "labels" }, /needs "labels"\. It is one of factors, images, runs/],
  [{ higherIsBetter: "yes" }, /whether "higherIsBetter": true, false or null/],
  [{ measure: 3 }, /no function "measure"/],
  [{ options: undefined }, /no "options"/],
  [{ options: { C: bins.bins } }, /its metric mig@locatello2019 has an option called "C"/],
  [{ options: { bins: { ...bins.bins, default: 0 } } }, /a default for "bins", 0, that its own format refuses/],
];

for (const [change, said] of faulty) {
  test(`a plugin that was named is refused where it ${said.source}`, async (t) => {
    const error = await t.throwsAsync(findMetrics(["/"], [plugin([{ ...mig.metric, ...change }])]), { instanceOf: IdganError });
    t.is((error as IdganError).code, "PLUGIN_INVALID");
    t.regex(error?.message ?? "", said);
  });
}

test("two metrics of one name and protocol are refused", async (t) => {
  await t.throwsAsync(findMetrics(["/"], [plugin([mig.metric, mig.metric])]), { message: /gives the metric mig@locatello2019, which x-metrics already gives/ });
});
