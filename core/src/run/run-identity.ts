import { createHash } from "node:crypto";
import type { RunConfig, SlotConfig } from "../config/run-config.js";
import { IdganError } from "../contract/error.js";

/**
 * The part of a config that makes a run this run. Left out is what may differ between two starts of it: which engine computes, how many updates
 * are made, in which parts, how often something is written down, the learning rates (inputs of an update, which one lowers when a run diverges), and where
 * stage 1 lies: the hash of its encoder, which every checkpoint of stage 2 holds, says more than its path.
 */
export function runIdentity({ seed, data, vae, gan, taps, represent, synthesise }: RunConfig): Readonly<Record<string, unknown>> {
  const slot = ({ use, options }: SlotConfig) => ({ use, options });
  return {
    seed,
    data: slot(data),
    vae: { ...slot(vae), size: vae.size, latentDim: vae.latentDim },
    gan: { ...slot(gan), size: gan.size, nuisanceDim: gan.nuisanceDim },
    taps: taps.map(slot),
    represent: {
      ...represent,
      steps: undefined,
      microbatch: undefined,
      optimizer: withoutRate(represent.optimizer),
      adversaryOptimizer: withoutRate(represent.adversaryOptimizer),
    },
    synthesise: {
      ...synthesise,
      // Runs of a time when there was no such key go on without it.
      idDelay: synthesise.idDelay === 0 ? undefined : synthesise.idDelay,
      steps: undefined,
      microbatch: undefined,
      generatorOptimizer: withoutRate(synthesise.generatorOptimizer),
      discriminatorOptimizer: withoutRate(synthesise.discriminatorOptimizer),
    },
  };
}

function withoutRate<Settings extends { readonly learningRate: number }>(settings: Settings): Readonly<Record<string, unknown>> {
  return { ...settings, learningRate: undefined };
}

/** SHA-256 of the identity, in hex. */
export function hashIdentity(config: RunConfig): string {
  return createHash("sha256").update(JSON.stringify(ordered(runIdentity(config)))).digest("hex");
}

/** Refuses to go on with a run under settings that would make it another one. */
export function expectSameRun(saved: RunConfig, asked: RunConfig, directory: string): void {
  const before = flatten(runIdentity(saved));
  const now = flatten(runIdentity(asked));
  const changed = [...new Set([...before.keys(), ...now.keys()])].filter((key) => before.get(key) !== now.get(key));
  if (changed.length === 0) return;
  const lines = changed.map((key) => `${key}: ${before.get(key) ?? "unset"} -> ${now.get(key) ?? "unset"}`);
  throw new IdganError(
    "CONFIG_VALUE",
    `The run in ${directory} was started with other settings (${lines.join("; ")}). Resume it with its own, or start a new run with another --out; only steps, learning rates, record and engine may change.`,
  );
}

function flatten(value: unknown, key = "", into = new Map<string, string>()): Map<string, string> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [name, child] of Object.entries(value)) flatten(child, key === "" ? name : `${key}.${name}`, into);
  } else if (value !== undefined) {
    into.set(key, JSON.stringify(value));
  }
  return into;
}

/** The same value with every object's keys sorted, so that the order in which layers wrote them does not count. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, child]) => [key, ordered(child)]));
}
