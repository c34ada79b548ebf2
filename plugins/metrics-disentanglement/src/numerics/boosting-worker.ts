// Runs in a thread of its own, started by boosting-in-workers.ts.
import type { BoostingShared, BoostingTask } from "./boosting-in-workers.js";
import type { BoostedTrees } from "./boosted-trees.js";
import { fitSorted } from "./gradient-boosting.js";
import { serve } from "./in-workers.js";
import { sortFeatures } from "./sorted-features.js";

serve<BoostingShared, BoostingTask, BoostedTrees>(({ samples, options }) => {
  const sorted = sortFeatures(samples);
  return ({ labels, stream }) => fitSorted(sorted, labels, { ...options, stream });
});
