import { createEagerEngine, type CompiledStep, type Engine, type Step } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import type { Sample } from "./sample.js";
import type { Subject } from "./subject.js";

/** Runs `body` with the sample's engine, and disposes it. */
export async function withEngine(sample: Sample, body: (engine: Engine) => Promise<void>): Promise<void> {
  if (!sample.engine) await tf.setBackend("cpu");
  const engine = sample.engine ? await sample.engine() : createEagerEngine();
  try {
    await body(engine);
  } finally {
    await engine.dispose();
  }
}

/** Compiles a step, runs it `times` times on the same feeds and disposes it; the outputs of every run. */
export async function runStep(
  engine: Engine,
  step: Step,
  feeds: Readonly<Record<string, Float32Array>>,
  times = 1,
): Promise<readonly Readonly<Record<string, Float32Array>>[]> {
  const compiled = await engine.compile(step);
  try {
    return await repeat(compiled, feeds, times);
  } finally {
    await compiled.dispose();
  }
}

/** The outputs of several calls on the same feeds, copied, so that an engine which hands out one array twice fails where that is the question. */
export async function repeat(
  compiled: CompiledStep,
  feeds: Readonly<Record<string, Float32Array>>,
  times: number,
): Promise<readonly Readonly<Record<string, Float32Array>>[]> {
  const outputs: Readonly<Record<string, Float32Array>>[] = [];
  for (let i = 0; i < times; i += 1) {
    const values = Object.entries(await compiled.run(feeds)).map(([name, value]) => [name, value.slice()] as const);
    outputs.push(Object.fromEntries(values));
  }
  return outputs;
}

/** Values of variables as the engine holds them, by name. */
export async function readAll(engine: Engine, variables: Iterable<readonly [string, tf.Variable]>): Promise<Map<string, Float32Array>> {
  const values = new Map<string, Float32Array>();
  for (const [name, variable] of variables) values.set(name, await engine.read(variable));
  return values;
}

/** What the subject computes from the sample's images and codes. */
export async function forward(engine: Engine, subject: Subject): Promise<Readonly<Record<string, Float32Array>>> {
  const [outputs] = await runStep(engine, subject.forward, subject.forwardFeeds());
  return outputs ?? {};
}
