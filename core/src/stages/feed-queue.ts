/** What one update is fed. */
export type StepFeeds = Readonly<Record<string, Float32Array>>;

/**
 * Makes the feeds of the next update while the engine computes the present one.
 * The feeds of update n are a function of n alone, so asking out of turn (after a resume) is only slower, never different.
 */
export class FeedQueue {
  readonly #make: (step: number) => Promise<StepFeeds>;
  readonly #last: number;
  #ahead: { readonly step: number; readonly feeds: Promise<StepFeeds> } | undefined;

  /** `steps` is the stage's length: nothing is made for an update that will not be. */
  constructor(make: (step: number) => Promise<StepFeeds>, steps: number) {
    this.#make = make;
    this.#last = steps - 1;
  }

  take(step: number): Promise<StepFeeds> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    return ahead?.step === step ? ahead.feeds : this.#make(step);
  }

  /** Waits until nothing is being made any more, so that the dataset can be closed. */
  async settle(): Promise<void> {
    await this.#ahead?.feeds.catch(() => undefined);
  }

  /** Starts on the feeds of update `step`. A failure shows when they are taken. */
  prepare(step: number): void {
    if (step > this.#last) return;
    const feeds = this.#make(step);
    feeds.catch(() => undefined);
    this.#ahead = { step, feeds };
  }
}
