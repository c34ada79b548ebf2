import type { BoostedTrees } from "./boosted-trees.js";
import { classesOf } from "./classes.js";
import { boostingDefaults, type BoostingOptions } from "./gradient-boosting.js";
import { mapInWorkers } from "./in-workers.js";
import type { Matrix } from "./matrix.js";

export interface BoostingShared {
  readonly samples: Matrix;
  readonly options: BoostingOptions;
}

export interface BoostingTask {
  readonly labels: ArrayLike<number>;
  /** As in `BoostingOptions`. */
  readonly stream: string;
}

/** What `fitBoosting` gives for each of several labellings of the same samples, such as factors, on all processors; it throws as that does. */
export async function fitBoostingInWorkers(samples: Matrix, labellings: readonly BoostingTask[], options: Partial<Omit<BoostingOptions, "stream">> = {}, threads?: number): Promise<readonly BoostedTrees[]> {
  const tasks = labellings.map(({ labels, stream }, place) => ({ labels: Int32Array.from(labels), stream, place, size: classesOf(labels, samples.rows).values.length }));
  tasks.sort((a, b) => b.size - a.size); // trees are grown for each class: the most first, so that no thread ends long after the others
  const trees = await mapInWorkers<BoostingShared, BoostingTask, BoostedTrees>(
    new URL("./boosting-worker.js", import.meta.url),
    { samples, options: { ...boostingDefaults, ...options } },
    tasks.map(({ labels, stream }) => ({ labels, stream })),
    threads,
  );
  const results: BoostedTrees[] = [];
  tasks.forEach(({ place }, i) => {
    const fitted = trees[i];
    if (fitted !== undefined) results[place] = fitted;
  });
  return results;
}
