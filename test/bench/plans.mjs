// Updates of one subject under several plans of lowering, in turn: node test/bench/plans.mjs --model vae '{}' '{"patchesAtOnce":4194304}' '{"patchesTurned":1e12}'
// [--rounds 12] [--threads 1] [--batch 64]. Ratios are those of processor time, round by round, against the first plan.
import { parseArgs } from "node:util";
import { createOnnxEngine, planOf } from "@idgan/engine-onnx";
import { createSubject } from "./subjects.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: "string", default: "vae" },
    rounds: { type: "string", default: "12" },
    threads: { type: "string", default: "1" },
    batch: { type: "string" },
  },
});
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const field = [];
for (const plan of positionals) {
  const engine = await createOnnxEngine({ threads: Number(values.threads), providers: ["cpu"], plan: { ...planOf("gather"), ...JSON.parse(plan) } });
  const subject = await createSubject(values.model, engine, values.batch ? { batch: Number(values.batch) } : {});
  await subject.update(true);
  field.push({ plan, subject, engine, costs: [] });
}
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const { subject, costs } of field) {
    const used = process.cpuUsage();
    await subject.update(true);
    const { user, system } = process.cpuUsage(used);
    costs.push((user + system) / 1000);
  }
}
const [first] = field;
console.log("| plan | processor ms, median | least | of the first plan's |\n|---|---|---|---|");
for (const { plan, costs, subject, engine } of field) {
  const ratio = median(costs.map((cost, round) => cost / first.costs[round]));
  console.log(`| ${plan} | ${median(costs).toFixed(0)} | ${Math.min(...costs).toFixed(0)} | ${ratio.toFixed(2)} |`);
  await subject.dispose();
  await engine.dispose();
}
