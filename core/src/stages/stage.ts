import type { Phase } from "../contract/growth.js";
import type { Weights } from "../contract/weights.js";
import type { StageName, StepResult } from "../hooks.js";

/** A stage of training as the trainer drives it: update by update, with all that a checkpoint must hold in `state`. */
export interface Stage {
  readonly name: StageName;
  /** Updates that the stage makes in all. */
  readonly steps: number;
  /** Images in the next update. */
  readonly batch: number;
  /** Of a GAN that grows: where the last update stood, or the first where there was none yet. */
  readonly phase?: Phase | undefined;
  /** Every variable that training changes: weights, optimizer slots, averages. */
  readonly state: Weights;
  /** Updates done; set it to continue from a checkpoint. */
  step: number;
  update(fetch: boolean): Promise<StepResult>;
  dispose(): Promise<void>;
}
