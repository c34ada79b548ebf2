import { createEagerEngine, IdganError, type CompiledStep, type Engine, type EnginePlugin, type Step } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { referenceEngine } from "../reference/reference-engine.js";
import type { Broken } from "./broken.js";

type Feeds = Readonly<Record<string, Float32Array>>;
type Run = (feeds: Feeds, fetch?: boolean) => Promise<Feeds>;

/** The eager engine with one fault each. */
export const brokenEngines: readonly Broken<EnginePlugin>[] = [
  broken("does not say that it can run", "says what it is", { probe: async () => ({ available: true, lines: [] }) }),
  running("returns the same arrays each time", "arrays of the caller's own", (run) => {
    let returned: Feeds | undefined;
    return async (feeds, fetch) => {
      const outputs = await run(feeds, fetch);
      for (const [name, values] of Object.entries(outputs)) returned?.[name]?.set(values);
      returned ??= outputs;
      return fetch === false ? {} : returned;
    };
  }),
  running("needs elements in every input", "inputs without elements", (run) => async (feeds, fetch) => {
    for (const [name, values] of Object.entries(feeds)) if (values.length === 0) throw new IdganError("INTERNAL", `Input "${name}" is empty.`);
    return run(feeds, fetch);
  }),
  running("takes feeds of any length", "refuses a feed", (run) => async (feeds, fetch) => run("offset" in feeds ? { ...feeds, x: Float32Array.from({ ...feeds["x"], length: 6 }) } : feeds, fetch)),
  making("hides a step's own error", "a step's own error", (engine) => ({
    ...engine,
    compile: changeRuns(engine, (run) => (feeds, fetch) =>
      run(feeds, fetch).catch((error: unknown) => {
        throw error instanceof IdganError ? error : new IdganError("INTERNAL", "The step failed.");
      }),
    ),
  })),
  making("reads what it read before", "shares variables", (engine) => {
    const cache = new Map<tf.Variable, Float32Array>();
    return {
      ...engine,
      async read(variable) {
        const values = cache.get(variable) ?? (await engine.read(variable));
        cache.set(variable, values);
        return values;
      },
    };
  }),
  making("keeps the array that it was given to write", "shares variables", (engine) => {
    const written = new Map<tf.Variable, Float32Array>();
    const flush = async () => {
      for (const [variable, values] of written) await engine.write(variable, values);
      written.clear();
    };
    return {
      ...engine,
      compile: changeRuns(engine, (run) => async (feeds, fetch) => {
        await flush();
        return run(feeds, fetch);
      }),
      write: async (variable, values) => void written.set(variable, values),
    };
  }),
  running("fetches what nobody asked for", "without fetching", (run) => (feeds) => run(feeds)),
  running("keeps a tensor in every call", "leaves no tensor", (run) => (feeds, fetch) => {
    tf.keep(tf.scalar(1));
    return run(feeds, fetch);
  }),
  making("cannot be disposed twice", "disposed twice", (engine) => {
    let disposed = false;
    return {
      ...engine,
      async dispose() {
        if (disposed) throw new IdganError("INTERNAL", "The engine is disposed already.");
        disposed = true;
      },
    };
  }),
  making("adds up in another order each time", "the same bytes", (engine) => {
    created += 1;
    const error = 1 + (created % 2) * 2 ** -22;
    const blurred = ({ x = new Float32Array(), ...feeds }: Feeds): Feeds => ({ ...feeds, x: x.map((value) => value * error) });
    return { ...engine, compile: changeRuns(engine, (run) => (feeds, fetch) => run("epsilon" in feeds && "x" in feeds ? blurred(feeds) : feeds, fetch)) };
  }),
  running("makes a VAE's third update twice", "of a VAE", (run) => repeatThird(run, "x")),
  running("makes a GAN's third update twice", "of a GAN", (run) => repeatThird(run, "real")),
];

/** Repeats the third call of updates that have this input. */
function repeatThird(run: Run, input: string): Run {
  let calls = 0;
  return async (feeds, fetch) => {
    if ("epsilon" in feeds && input in feeds) calls += 1;
    if (calls === 3) await run(feeds, fetch);
    return run(feeds, fetch);
  };
}

/** Engines made so far, for the one whose results depend on it. */
let created = 0;

function broken(fault: string, fails: string, change: Partial<EnginePlugin>): Broken<EnginePlugin> {
  return { fault, fails, plugin: { ...referenceEngine, ...change } };
}

function making(fault: string, fails: string, change: (engine: Engine) => Engine): Broken<EnginePlugin> {
  return broken(fault, fails, { create: async () => change(createEagerEngine()) });
}

function running(fault: string, fails: string, change: (run: Run) => Run): Broken<EnginePlugin> {
  return making(fault, fails, (engine) => ({ ...engine, compile: changeRuns(engine, change) }));
}

/** `engine.compile` with every step's `run` changed. */
function changeRuns(engine: Engine, change: (run: Run) => Run): Engine["compile"] {
  return async <Input extends string, Output extends string>(step: Step<Input, Output>) => {
    const compiled = await engine.compile<string, string>(step);
    const run = change((feeds, fetch) => compiled.run(feeds, fetch));
    return { ...compiled, run } as CompiledStep<Input, Output>;
  };
}
