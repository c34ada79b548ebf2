// Random small networks on the ONNX engine: output, gradients and gradients of gradients must be those of the eager one, to rounding.
// node test/fuzz/engine.mjs [--networks 900] [--first 0] [--plan default|gather|native|tiny …] [--often KIND …]      prints a line for each plan, and each fault with the seed that makes it again
// With --often most layers are of these kinds: what goes wrong where only some meet, as masks in blocks of channels did, is seldom otherwise.
// node test/fuzz/engine.mjs --differences [--networks 900] [--first 0]      holds the eager engine's derivatives beside central differences, of networks without kinks
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compareEngines, plans } from "../dist/networks/agreement.js";
import { canDiffer, wrongDerivatives } from "../dist/networks/differences.js";
import { layerKinds, networkOf } from "../dist/networks/network.js";

const names = Object.keys(plans);
const usage = `node test/fuzz/engine.mjs [--networks 900] [--first 0] [--plan ${names.join("|")} …] [--often ${layerKinds.join("|")} …] [--differences]`;
const { values } = parseArgs({
  options: {
    networks: { type: "string", default: "900" },
    first: { type: "string", default: "0" },
    plan: { type: "string", multiple: true, default: ["default"] },
    often: { type: "string", multiple: true, default: [] },
    differences: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const [count, first] = [Number(values.networks), Number(values.first)];
/** So many networks are made at a time. */
const atOnce = 120;

function* networks() {
  for (let seed = first; seed < first + count; seed += atOnce) yield Array.from({ length: Math.min(atOnce, first + count - seed) }, (_, i) => networkOf(seed + i, values.often));
}

/** What a kind of comparison has come to so far. */
class Tally {
  #startedAt = performance.now();
  #agreeing = 0;
  #undecided = [];
  faulty = [];

  add(verdict) {
    if (verdict.faults.length > 0) this.faulty.push(verdict);
    else if (verdict.undecided.length > 0) this.#undecided.push(verdict);
    else this.#agreeing += 1;
  }

  print(name) {
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(0);
    const all = this.#agreeing + this.#undecided.length + this.faulty.length;
    console.log(`${name}: ${all} networks in ${seconds} s: ${this.#agreeing} agree, ${this.#undecided.length} undecided, ${this.faulty.length} faults`);
    for (const { network, faults } of this.faulty) console.log(`  fault, ${network.title}: ${faults.join("; ")}`);
    for (const { network, undecided } of this.#undecided) console.log(`  undecided, ${network.title}: ${undecided.join("; ")}`);
  }
}

/** Says which of `chosen` are none of `known`. */
function check(what, chosen, known) {
  const unknown = chosen.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`There is no ${what} ${unknown.join(", ")}. There are: ${known.join(", ")}.`);
}

/** Every plan on the same networks, since the eager engine takes longest; returns the tallies by name. */
async function compareAll() {
  // Models that nobody makes again would push a user's own out of the cache.
  process.env.IDGAN_CACHE = await mkdtemp(join(tmpdir(), "idgan-fuzz-"));
  try {
    const tallies = Object.fromEntries(values.plan.map((plan) => [plan, new Tally()]));
    for (const some of networks()) {
      for (const [plan, tally] of Object.entries(tallies)) for await (const verdict of compareEngines(some, plan)) tally.add(verdict);
    }
    return tallies;
  } finally {
    await rm(process.env.IDGAN_CACHE, { recursive: true, force: true });
  }
}

function differAll() {
  const tally = new Tally();
  for (const some of networks()) for (const network of some.filter(canDiffer)) tally.add({ network, faults: wrongDerivatives(network), undecided: [] });
  return { differences: tally };
}

if (values.help) {
  console.log(usage);
} else {
  check("plan", values.plan, names);
  check("kind of layer", values.often, layerKinds);
  const tallies = values.differences ? differAll() : await compareAll();
  for (const [name, tally] of Object.entries(tallies)) tally.print(name);
  process.exitCode = Object.values(tallies).some(({ faulty }) => faulty.length > 0) ? 1 : 0;
}
