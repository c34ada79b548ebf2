import test from "ava";
import { compareEngines } from "./networks/agreement.js";
import { canDiffer, wrongDerivatives } from "./networks/differences.js";
import { layerKinds, networkOf, type Network } from "./networks/network.js";

/** The first seed from which 60 networks have every kind of layer. `node test/fuzz/engine.mjs` looks at more of the same. */
const first = 1383;
const networks = Array.from({ length: 60 }, (_, i) => networkOf(first + i));

async function faultsOf(some: readonly Network[], plan: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { network, faults } of compareEngines(some, plan)) if (faults.length > 0) found.push(`${network.title}: ${faults.join("; ")}`);
  return found;
}

test.serial("random networks have the output and both derivatives of the eager engine", async (t) => {
  t.deepEqual(await faultsOf(networks, "default"), []);
});

for (const plan of ["gather", "native", "tiny"]) {
  test.serial(`so they do by the plan "${plan}"`, async (t) => {
    t.deepEqual(await faultsOf(networks.slice(0, 20), plan), []);
  });
}

test("derivatives of the eager engine are what differences say", (t) => {
  const smooth = networks.slice(0, 30).filter(canDiffer);
  t.true(smooth.length >= 5);
  t.deepEqual(smooth.flatMap(wrongDerivatives), []);
});

test("every kind of layer is in one of them", (t) => {
  const taken = new Set(networks.flatMap(({ kinds }) => kinds));
  t.deepEqual(layerKinds.filter((kind) => !taken.has(kind)), []);
});
