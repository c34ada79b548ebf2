import type { Stage } from "../stages/stage.js";

/** Seconds that the rate is averaged over, so that it follows a machine whose speed changes and does not flicker. */
const WINDOW = 10;

export interface Rates {
  readonly stepsPerSecond: number;
  readonly imagesPerSecond: number;
  readonly etaSeconds: number;
}

/** The rate of updates over the last seconds, pauses for pictures left out. */
export class Pace {
  #marks: { readonly step: number; readonly time: number }[];
  #idle = 0;

  constructor(step: number) {
    this.#marks = [{ step, time: this.#now() }];
  }

  tick(step: number): void {
    const time = this.#now();
    this.#marks.push({ step, time });
    while (this.#marks.length > 2 && time - this.#marks[1]!.time > WINDOW) this.#marks.shift();
  }

  rates({ steps, step, batch }: Pick<Stage, "steps" | "step" | "batch">): Rates {
    const first = this.#marks[0]!;
    const last = this.#marks.at(-1)!;
    const stepsPerSecond = last.time > first.time ? (last.step - first.step) / (last.time - first.time) : 0;
    return {
      stepsPerSecond,
      imagesPerSecond: stepsPerSecond * batch,
      etaSeconds: stepsPerSecond > 0 ? (steps - step) / stepsPerSecond : Infinity,
    };
  }

  /** Runs what is no part of training, off the clock. */
  async paused<Result>(work: () => Promise<Result>): Promise<Result> {
    const start = performance.now() / 1000;
    try {
      return await work();
    } finally {
      this.#idle += performance.now() / 1000 - start;
    }
  }

  #now(): number {
    return performance.now() / 1000 - this.#idle;
  }
}
