// What the distillation kept, and how sharp it is: node test/bench/distillation.mjs RUN [RUN …] [--images 5000] [--weights FOLDER]
// For each run: R² and correlation of code and reading per latent, from the metrics of @idgan/plugin-metrics-distillation; and, with SqueezeNet's weights, the Fréchet
// distance of @idgan/plugin-metrics-fidelity to real images, of the generator's images and of the VAE decoder's of the same codes.
import { parseArgs } from "node:util";
import { evaluate } from "@idgan/core";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { images: { type: "string", default: "5000" }, weights: { type: "string" }, json: { type: "boolean", default: false } },
});
const count = Number(values.images);

/** Of one maker's images; the label says the network, the counts and the resizing. */
async function frechetOf(run, of) {
  const metric = "frechet@squeezenet";
  const set = [`weights=${values.weights}`, `samples=${count}`, `real=${count}`, `of=${of}`].map((option) => `${metric}.${option}`);
  const { entries, failures } = await evaluate({ run, metrics: [metric], set });
  if (failures[0]) throw failures[0].error;
  return entries[0];
}

for (const run of positionals) {
  const metrics = ["id-nll", "id-information", "code-recovery"];
  const { entries } = await evaluate({ run, metrics, set: metrics.map((metric) => `${metric}.images=${count}`) });
  const recovery = entries.find(({ metric }) => metric.startsWith("code-recovery"));
  const [r2, correlation] = recovery.matrices;
  const report = { run, images: count, scores: Object.fromEntries(entries.map(({ metric, value, parts }) => [metric, { value, parts }])) };
  if (values.weights) report.frechet = [await frechetOf(run, "generator"), await frechetOf(run, "decoder")].map(({ label, value }) => ({ label, value }));
  if (values.json) {
    console.log(JSON.stringify(report));
    continue;
  }
  console.log(`${run}, ${count} images\n| latent | R² | correlation |\n|---|---|---|`);
  for (const [i, latent] of r2.columns.entries()) console.log(`| ${latent} | ${r2.values[0][i].toFixed(3)} | ${correlation.values[0][i].toFixed(3)} |`);
  for (const { metric, notes } of entries) console.log(`${metric}: ${notes[0]}`);
  for (const { label, value } of report.frechet ?? []) console.log(`${label}: ${value.toFixed(1)}`);
}
