import { createStream } from "@idgan/core";

/** Random choices: the same ones for the same seed and name, whatever else is drawn. */
export interface Draw {
  /** An integer from `low` to `high`, both included. */
  integer(low: number, high: number): number;
  pick<T>(choices: readonly [T, ...(readonly T[])]): T;
  /** Whether something happens that does in this share of cases. */
  chance(share: number): boolean;
}

export function createDraw(seed: number, name: string): Draw {
  const stream = createStream(seed, `networks/${name}`);
  let drawn = 0;
  const below = (limit: number): number => stream.integers(drawn++, 1, limit)[0] ?? 0;
  return {
    integer: (low, high) => low + below(high - low + 1),
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
    chance: (share) => below(1000) < 1000 * share,
  };
}
