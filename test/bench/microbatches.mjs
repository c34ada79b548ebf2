// What an update in microbatches costs, beside the whole batch at once: node test/bench/microbatches.mjs [--model vae] [--sizes 32,16] [--rounds 6] [--calls 2] [--threads 2]
// Every size is a process of its own; they take turns. Ratios are taken round by round.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Contestant } from "./process.mjs";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "vae" },
    sizes: { type: "string", default: "32,16" },
    rounds: { type: "string", default: "6" },
    calls: { type: "string", default: "2" },
    threads: { type: "string", default: "2" },
  },
});
const script = fileURLToPath(new URL("contestant.mjs", import.meta.url));
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const field = ["", ...values.sizes.split(",")].map(
  (size) => new Contestant(size || "all at once", process.execPath, [script, "--model", values.model, "--threads", values.threads, ...(size ? ["--microbatch", size] : [])]),
);
for (const contestant of field) await contestant.start(2);
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const contestant of field) await contestant.round(values.calls);
}
for (const contestant of field) await contestant.end();

const [whole] = field;
console.log(`| ${values.model}, ${whole.facts.batch} images, in parts of | median ms | time / all at once (range) | processor time / all at once | peak MiB |\n|---|---|---|---|---|`);
for (const { name, rounds, peakMiB, error } of field) {
  if (error) throw new Error(`${name}: ${error}`);
  const ratios = rounds.map((own, i) => median(own.times) / median(whole.rounds[i].times));
  const processor = median(rounds.map((own, i) => own.processorMs / whole.rounds[i].processorMs));
  const ms = median(rounds.map((own) => median(own.times)));
  console.log(`| ${name} | ${ms.toFixed(0)} | ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}) | ${processor.toFixed(2)} | ${peakMiB.toFixed(0)} |`);
}
