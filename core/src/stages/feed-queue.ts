/** What one update is fed. */
export type StepFeeds = Readonly<Record<string, Float32Array>>;

/** Updates whose feeds are made in advance: two, so that one slow batch (a large picture, a busy disk) is evened out by the next. */
const ahead = 2;

/**
 * Makes the feeds of the next updates while the engine computes the present one.
 * The feeds of update n are a function of n alone, so asking out of turn (after a resume) is only slower, never different.
 */
export class FeedQueue {
  readonly #make: (step: number) => Promise<StepFeeds>;
  readonly #steps: number;
  readonly #waiting = new Map<number, Promise<StepFeeds>>();

  /** `steps` is the stage's length: nothing is made for an update that will not be. */
  constructor(make: (step: number) => Promise<StepFeeds>, steps: number) {
    this.#make = make;
    this.#steps = steps;
  }

  take(step: number): Promise<StepFeeds> {
    const feeds = this.#waiting.get(step) ?? this.#make(step);
    this.#waiting.delete(step);
    return feeds;
  }

  /** Waits until nothing is being made any more, so that the dataset can be closed. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#waiting.values());
  }

  /** Starts on the feeds of update `step` and, once these are made, on those after it. A failure shows when they are taken. */
  prepare(step: number): void {
    const end = Math.min(this.#steps, step + ahead);
    for (const made of this.#waiting.keys()) if (made < step || made >= end) this.#waiting.delete(made);
    for (let next = step; next < end; next += 1) {
      if (this.#waiting.has(next)) continue;
      const before = this.#waiting.get(next - 1);
      const feeds = before === undefined ? this.#make(next) : before.then(() => this.#make(next));
      feeds.catch(() => undefined);
      this.#waiting.set(next, feeds);
    }
  }
}
