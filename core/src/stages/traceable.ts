import type { Step } from "../contract/engine.js";
import { IdganError } from "../contract/error.js";
import type { Graph } from "../trace/graph.js";
import { traceStep } from "../trace/trace-step.js";

/** The step's trace; none of a step that only the eager engine can run, which is taken on trust. */
export function traceIfTraceable(step: Step): Graph | undefined {
  try {
    return traceStep(step);
  } catch (error) {
    if (error instanceof IdganError && error.code === "ENGINE_KERNEL") return undefined;
    throw error;
  }
}
