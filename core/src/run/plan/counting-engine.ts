import type { CompiledStep, Engine, Step } from "../../contract/engine.js";
import { flopsOf } from "../../trace/flops.js";
import { optimise } from "../../trace/passes/optimise.js";
import { peakBytesOf } from "../../trace/peak-bytes.js";
import { traceStep } from "../../trace/trace-step.js";

/** What steps asked of an engine. */
export interface Work {
  /** Floating-point operations of convolutions and matrix products, a multiplication and an addition being two. */
  readonly flops: number;
  /** Most bytes of activations and gradients that one step holds at once; see `peakBytesOf`. */
  readonly activationBytes: number;
}

/** Computes nothing and counts what would be computed: every output is zero, and no variable changes. */
export class CountingEngine implements Engine {
  readonly name = "counting";
  readonly description = "nothing is computed";
  readonly fetchesFreely = true;
  #flops = 0;
  #activationBytes = 0;

  /** The work since the last call of this. */
  take(): Work {
    const work = { flops: this.#flops, activationBytes: this.#activationBytes };
    this.#flops = 0;
    this.#activationBytes = 0;
    return work;
  }

  async compile<Input extends string, Output extends string>(step: Step<Input, Output>): Promise<CompiledStep<Input, Output>> {
    const graph = optimise(traceStep(step));
    const [flops, bytes] = [flopsOf(graph), peakBytesOf(graph)];
    const zeros = (): Record<string, Float32Array> => Object.fromEntries(Object.entries(graph.outputs).map(([name, { shape }]) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))]));
    return {
      name: step.name,
      run: async (_, fetch = true) => {
        this.#flops += flops;
        this.#activationBytes = Math.max(this.#activationBytes, bytes);
        return (fetch ? zeros() : {}) as Record<Output, Float32Array>;
      },
      dispose: async () => undefined,
    };
  }

  async read(variable: Parameters<Engine["read"]>[0]): Promise<Float32Array> {
    return new Float32Array(variable.size);
  }

  async write(): Promise<void> {}

  async dispose(): Promise<void> {}
}
