import type { Step } from "../contract/engine.js";
import { IdganError } from "../contract/error.js";
import type { Weights } from "../contract/weights.js";
import { traceStep } from "../trace/trace-step.js";

/**
 * Refuses a step that changes a variable which no checkpoint would hold: a resumed run would not be the same run.
 * A step that only the eager engine can run has no trace, and is taken on trust.
 */
export function expectSaved(step: Step, state: Weights): void {
  const saved = new Set(Object.values(state));
  const assigned = variablesAssigned(step);
  const stray = assigned.find((variable) => !saved.has(variable));
  if (stray) {
    throw new IdganError(
      "BACKBONE_INVALID",
      `Step "${step.name}" assigns a variable of shape [${stray.shape.join(", ")}] that is no declared weight, so a checkpoint would not hold it. Declare it among the backbone's weights, or compute it from them.`,
    );
  }
}

function variablesAssigned(step: Step) {
  try {
    return traceStep(step).variables.flatMap(({ variable, after }) => (after ? [variable] : []));
  } catch (error) {
    if (error instanceof IdganError && error.code === "ENGINE_KERNEL") return [];
    throw error;
  }
}
