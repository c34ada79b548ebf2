import type { Step } from "../contract/engine.js";
import { IdganError } from "../contract/error.js";
import type { Weights } from "../contract/weights.js";
import { traceIfTraceable } from "./traceable.js";

/**
 * Refuses a step that changes a variable which no checkpoint would hold: a resumed run would not be the same run.
 */
export function expectSaved(step: Step, state: Weights): void {
  const saved = new Set(Object.values(state));
  const assigned = traceIfTraceable(step)?.variables.flatMap(({ variable, after }) => (after ? [variable] : []));
  const stray = assigned?.find((variable) => !saved.has(variable));
  if (stray) {
    throw new IdganError(
      "BACKBONE_INVALID",
      `Step "${step.name}" assigns a variable of shape [${stray.shape.join(", ")}] that is no declared weight, so a checkpoint would not hold it. Declare it among the backbone's weights, or compute it from them.`,
    );
  }
}
