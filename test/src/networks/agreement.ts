// Whether the ONNX engine computes what the eager one does, to rounding.
import { createEagerEngine, type Engine, type Step } from "@idgan/core";
import { createOnnxEngine, planOf, type LoweringPlan } from "@idgan/engine-onnx";
import type * as tf from "@tensorflow/tfjs";
import { disturbanceOf, outputsOf, type Disturbance } from "./derivatives.js";
import { feedsOf, type Network } from "./network.js";

/** Ways to lower convolutions; the default is what suits this processor. */
export const plans: Readonly<Record<string, LoweringPlan | undefined>> = {
  default: undefined,
  gather: planOf("gather"),
  native: planOf("native"),
  tiny: { style: "gather", block: 0, patchesAtOnce: 4096, patchesKept: 8192, patchesTurned: 0 },
};

/**
 * Largest difference allowed, as a share of the largest number of the output, and by itself.
 * It is measured by the scale of the whole output because float32 rounds sums by the size of their terms: where they cancel, what is left is rounding alone.
 * All of an output may be that: the gradient of a bias before a normalisation is 0, and sums of float32 leave more of it than tfjs's cpu backend, which sums in doubles.
 */
const tolerance = { share: 1e-3, absolute: 3e-6 } as const;

/**
 * Of two numbers that are equal but for rounding, engines may take either as the larger, or either side of a kink, and then gradients go different ways, rightly.
 * So an output that differs is asked for again with every layer disturbed by about as much as rounding, a few times; if that moves it about as far, nothing is decided.
 */
const disturbances = [1, 2, 3, 4] as const;
const farther = 4;

/** Networks to a step: opening a session takes longer than running one. */
const together = 12;

export interface Verdict {
  readonly network: Network;
  /** Outputs that differ, and by how much; or why there are none. */
  readonly faults: readonly string[];
  /** Outputs in which rounding alone makes as much of a difference. */
  readonly undecided: readonly string[];
}

type Outputs = Readonly<Record<string, Float32Array>>;

function stepOf(networks: readonly Network[], disturb?: (network: Network) => Disturbance): Step {
  return {
    name: "networks",
    inputs: Object.fromEntries(networks.flatMap(({ seed, inputs }) => inputs.map(({ shape }, i) => [`${seed}/${i}`, shape]))),
    run: (feeds) => Object.fromEntries(networks.flatMap((network) => {
      const inputs = network.inputs.flatMap((_, i) => feeds[`${network.seed}/${i}`] ?? []);
      return Object.entries(outputsOf(network, inputs as [tf.Tensor, ...tf.Tensor[]], disturb?.(network))).map(([name, output]) => [`${network.seed}/${name}`, output]);
    })),
  };
}

async function run(engine: Engine, networks: readonly Network[], disturb?: (network: Network) => Disturbance): Promise<Outputs> {
  const compiled = await engine.compile(stepOf(networks, disturb));
  try {
    return await compiled.run(Object.fromEntries(networks.flatMap((network) => feedsOf(network).map((feed, i) => [`${network.seed}/${i}`, feed]))));
  } finally {
    await compiled.dispose();
  }
}

/** Largest difference, and largest number; an infinite difference where one alone is finite, or lengths differ. */
function distance(actual: Float32Array, expected: Float32Array): { readonly error: number; readonly largest: number } {
  let [error, largest] = [actual.length === expected.length ? 0 : Number.POSITIVE_INFINITY, 1e-12];
  for (const [i, value] of expected.entries()) {
    const other = actual[i] ?? Number.NaN;
    if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
    if (!Object.is(value, other)) error = Math.max(error, Number.isFinite(value) && Number.isFinite(other) ? Math.abs(value - other) : Number.POSITIVE_INFINITY);
  }
  return { error, largest };
}

const none = new Float32Array(0);

/** What the eager engine computes: it takes longest, and is the same for all plans. */
const expectations = new WeakMap<Network, Outputs>();

async function expectedOf(networks: readonly Network[]): Promise<Outputs> {
  const all: Record<string, Float32Array> = {};
  for (const network of networks) {
    const outputs = expectations.get(network) ?? (await run(createEagerEngine(), [network]));
    expectations.set(network, outputs);
    Object.assign(all, outputs);
  }
  return all;
}

async function judge(network: Network, actual: Outputs, expected: Outputs): Promise<Verdict> {
  const outputs = Object.keys(expected).filter((name) => name.startsWith(`${network.seed}/`));
  const differing = outputs.flatMap((name) => {
    const { error, largest } = distance(actual[name] ?? none, expected[name] ?? none);
    return error > tolerance.absolute && error > tolerance.share * largest ? [{ name, error, largest }] : [];
  });
  const moved = new Map<string, number>();
  for (const draw of differing.length > 0 ? disturbances : []) {
    const disturbed = await run(createEagerEngine(), [network], () => disturbanceOf(network, draw));
    for (const { name } of differing) moved.set(name, Math.max(moved.get(name) ?? 0, distance(disturbed[name] ?? none, expected[name] ?? none).error));
  }
  const isDecided = ({ name, error }: { readonly name: string; readonly error: number }): boolean => error > farther * (moved.get(name) ?? 0);
  const say = ({ name, error, largest }: (typeof differing)[number]): string => `${name.slice(name.indexOf("/") + 1)} by ${error.toExponential(1)} of ${largest.toExponential(1)}`;
  return { network, faults: differing.filter(isDecided).map(say), undecided: differing.filter((found) => !isDecided(found)).map(say) };
}

/** Compares some networks at once, or one by one where they fail together. */
async function compare(onnx: Engine, networks: readonly Network[]): Promise<readonly Verdict[]> {
  try {
    const [actual, expected] = [await run(onnx, networks), await expectedOf(networks)];
    return await Promise.all(networks.map((network) => judge(network, actual, expected)));
  } catch (error) {
    if (networks.length === 1) return networks.map((network) => ({ network, faults: [error instanceof Error ? error.message : String(error)], undecided: [] }));
    const verdicts: Verdict[] = [];
    for (const network of networks) verdicts.push(...(await compare(onnx, [network])));
    return verdicts;
  }
}

/** Compares the engines on `networks`, with one thread and one of the `plans`. */
export async function* compareEngines(networks: readonly Network[], plan: string): AsyncGenerator<Verdict> {
  const lowering = plans[plan];
  const onnx = await createOnnxEngine({ threads: 1, providers: ["cpu"], ...(lowering && { plan: lowering }) });
  try {
    for (let i = 0; i < networks.length; i += together) yield* await compare(onnx, networks.slice(i, i + together));
  } finally {
    await onnx.dispose();
  }
}
