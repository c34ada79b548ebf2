/** What one update is fed. */
export type StepFeeds = Readonly<Record<string, Float32Array>>;

/** An array that was fed under this name and is done with, where there is one. */
export type SpareArray = (name: string) => Float32Array | undefined;

/** Makes the feeds of an update, in spare arrays where it likes. */
export type MakeFeeds = (step: number, spare: SpareArray) => Promise<StepFeeds>;

/** Updates whose feeds are made in advance: two, so that one slow batch (a large picture, a busy disk) is evened out by the next. */
const ahead = 2;

/**
 * Makes the feeds of the next updates while the engine computes the present one.
 * The feeds of update n are a function of n alone, so asking out of turn (after a resume) is only slower, never different.
 */
export class FeedQueue {
  readonly #make: (step: number) => Promise<StepFeeds>;
  /** Arrays that may be filled again, by the names that were asked for. */
  readonly #spare = new Map<string, Float32Array[]>();
  readonly #steps: number;
  readonly #waiting = new Map<number, Promise<StepFeeds>>();

  /** `steps` is the stage's length: nothing is made for an update that will not be. */
  constructor(make: MakeFeeds, steps: number) {
    this.#make = (step) => make(step, (name) => this.#takeSpare(name));
    this.#steps = steps;
  }

  take(step: number): Promise<StepFeeds> {
    const feeds = this.#waiting.get(step) ?? this.#make(step);
    this.#waiting.delete(step);
    return feeds;
  }

  /** Takes back what `take` gave once nobody looks at it any more, to be filled again: fresh memory costs as much time as what is written to it. */
  giveBack(feeds: StepFeeds): void {
    for (const [name, kept] of this.#spare) {
      const array = feeds[name];
      if (array !== undefined && kept.length <= ahead) kept.push(array);
    }
  }

  #takeSpare(name: string): Float32Array | undefined {
    const kept = this.#spare.get(name);
    if (kept === undefined) this.#spare.set(name, []);
    return kept?.pop();
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
