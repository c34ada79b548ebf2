// Whether two builds train alike: node test/bench/agree.mjs --other ../before [--model vae] [--updates 200] [--batch 8] [--enlarge 2] [--threads 2] [--apart]
// Both do every update from the same state, the one that this build's updates before have led to, so that what is compared is the update. With --apart each
// goes on from its own state: then what rounding makes of one update is what the next begins with, and a GAN's two players make more of it each time.
// First weights are enlarged: with the small ones of the official code the first gradients cancel but for rounding, and Adam makes full steps of what is left.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Contestant } from "./process.mjs";

const { values } = parseArgs({
  options: {
    other: { type: "string" },
    model: { type: "string", default: "vae" },
    updates: { type: "string", default: "200" },
    batch: { type: "string", default: "8" },
    enlarge: { type: "string", default: "2" },
    threads: { type: "string", default: "2" },
    apart: { type: "boolean", default: false },
  },
});
if (values.other === undefined) throw new Error("Say which checkout to compare with, built: --other ../before");
const folder = mkdtempSync(join(tmpdir(), "idgan-agree-"));
const script = fileURLToPath(new URL("trainee.mjs", import.meta.url));
const settings = ["model", "batch", "enlarge", "threads"].flatMap((name) => [`--${name}`, values[name]]);
const [ours, other] = [fileURLToPath(new URL("../..", import.meta.url)), values.other].map((checkout) => new Contestant(checkout, process.execPath, [script, "--checkout", checkout, ...settings]));
const file = (name) => join(folder, name);

async function ask(contestant, order) {
  const answer = await contestant.ask(JSON.stringify(order));
  if (answer === undefined) throw new Error(`${contestant.name}: ${contestant.error}`);
  return answer.losses;
}

/** Largest difference, as a share of the largest number of either. */
function distance(a, b) {
  let [most, apart] = [0, 0];
  for (let i = 0; i < a.length; i += 1) {
    most = Math.max(most, Math.abs(a[i]), Math.abs(b[i]));
    apart = Math.max(apart, Math.abs(a[i] - b[i]));
  }
  return apart === 0 ? 0 : apart / most;
}

function numbersOf(name) {
  const { buffer, byteOffset, byteLength } = readFileSync(file(name));
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

for (const contestant of [ours, other]) {
  await contestant.begin();
  await ask(contestant, { to: file(contestant === ours ? "ours-0" : "other-0") });
}
const { variables } = ours.facts;
const apartBy = { losses: [], weights: [], "optimizers' memory": [] };
const losses = [];
let sameBytes = 0;
for (let update = 1; update <= Number(values.updates); update += 1) {
  const [before, after] = [`ours-${(update - 1) % 2}`, `ours-${update % 2}`];
  const own = await ask(ours, { update, to: file(after) });
  const theirs = await ask(other, { update, ...(!values.apart && { from: file(before) }), to: file("other-0") });
  losses.push([own, theirs]);
  let [a, b] = [numbersOf(after), numbersOf("other-0")];
  let same = true;
  for (const [name, size] of variables) {
    const apart = distance(a.subarray(0, size), b.subarray(0, size));
    same &&= apart === 0;
    apartBy[/optimizer/i.test(name) ? "optimizers' memory" : "weights"].push({ name, update, apart });
    [a, b] = [a.subarray(size), b.subarray(size)];
  }
  sameBytes += Number(same);
}
for (const contestant of [ours, other]) await contestant.end();
rmSync(folder, { recursive: true });
for (const name of Object.keys(losses[0][0])) {
  const most = Math.max(...losses.flat().map((each) => Math.abs(each[name])));
  for (const [index, [own, theirs]] of losses.entries()) apartBy.losses.push({ name, update: index + 1, apart: Math.abs(own[name] - theirs[name]) / most });
}

console.log(`${values.model}, batch ${values.batch}, ${values.updates} updates, ${values.apart ? "each build from its own state" : "both from the same states"}; the same bytes after ${sameBytes} of them\n`);
console.log("| share of the largest number | median | 99 of 100 below | largest | of | within 1e-4 |\n|---|---|---|---|---|---|");
for (const [kind, list] of Object.entries(apartBy)) {
  const sorted = list.toSorted((x, y) => x.apart - y.apart);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const last = at(1);
  const within = sorted.filter(({ apart }) => apart <= 1e-4).length / sorted.length;
  console.log(`| ${kind} | ${at(0.5).apart.toExponential(1)} | ${at(0.99).apart.toExponential(1)} | ${last.apart.toExponential(1)} | ${last.name}, update ${last.update} | ${(100 * within).toFixed(2)} % |`);
}
