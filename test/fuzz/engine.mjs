// Random small networks on the ONNX engine: output, gradients and gradients of gradients must be those of the eager one, to rounding.
// node test/fuzz/engine.mjs [--networks 900] [--first 0] [--plan default|gather|native|tiny …]      prints a line for each plan, and each fault with the seed that makes it again
// node test/fuzz/engine.mjs --differences [--networks 900] [--first 0]      holds the eager engine's derivatives beside central differences, of networks without kinks
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compareEngines, plans } from "../dist/networks/agreement.js";
import { canDiffer, wrongDerivatives } from "../dist/networks/differences.js";
import { networkOf } from "../dist/networks/network.js";

const names = Object.keys(plans);
const usage = `node test/fuzz/engine.mjs [--networks 900] [--first 0] [--plan ${names.join("|")} …] [--differences]`;
const { values } = parseArgs({
  options: {
    networks: { type: "string", default: "900" },
    first: { type: "string", default: "0" },
    plan: { type: "string", multiple: true, default: ["default"] },
    differences: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const [count, first] = [Number(values.networks), Number(values.first)];
/** So many networks are made at a time. */
const atOnce = 120;

function* networks() {
  for (let seed = first; seed < first + count; seed += atOnce) yield Array.from({ length: Math.min(atOnce, first + count - seed) }, (_, i) => networkOf(seed + i));
}

async function* agreements(plan) {
  for (const some of networks()) yield* compareEngines(some, plan);
}

function* derivatives() {
  for (const network of [...networks()].flat().filter(canDiffer)) yield { network, faults: wrongDerivatives(network), undecided: [] };
}

/** Prints what `verdicts` come to, and returns the number of networks with faults. */
async function report(name, verdicts) {
  const startedAt = performance.now();
  const [faulty, undecided] = [[], []];
  let agreeing = 0;
  for await (const verdict of verdicts) {
    if (verdict.faults.length > 0) faulty.push(verdict);
    else if (verdict.undecided.length > 0) undecided.push(verdict);
    else agreeing += 1;
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(`${name}: ${agreeing + undecided.length + faulty.length} networks in ${seconds} s: ${agreeing} agree, ${undecided.length} undecided, ${faulty.length} faults`);
  for (const { network, faults } of faulty) console.log(`  fault, ${network.title}: ${faults.join("; ")}`);
  for (const { network, undecided: outputs } of undecided) console.log(`  undecided, ${network.title}: ${outputs.join("; ")}`);
  return faulty.length;
}

async function fuzz() {
  const unknown = values.plan.filter((plan) => !names.includes(plan));
  if (unknown.length > 0) throw new Error(`There is no plan ${unknown.join(", ")}. Plans: ${names.join(", ")}.`);
  // Models that nobody makes again would push a user's own out of the cache.
  process.env.IDGAN_CACHE = await mkdtemp(join(tmpdir(), "idgan-fuzz-"));
  try {
    let faults = 0;
    for (const plan of values.plan) faults += await report(plan, agreements(plan));
    return faults;
  } finally {
    await rm(process.env.IDGAN_CACHE, { recursive: true, force: true });
  }
}

if (values.help) {
  console.log(usage);
} else {
  const faults = values.differences ? await report("differences", derivatives()) : await fuzz();
  process.exitCode = faults > 0 ? 1 : 0;
}
