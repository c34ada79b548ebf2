import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { RunConfig } from "../config/run-config.js";
import { quoted } from "./quoted.js";

/** Pictures that say most of a run, in the order in which to look at them. */
const worthOpening = ["triplets", "traversal", "reconstructions"] as const;

/** Lines for a person whose run has finished: its last pictures, and the commands that look further. */
export function nextSteps(directory: string, { synthesise }: Pick<RunConfig, "synthesise">): readonly string[] {
  const hasGenerator = synthesise.steps > 0;
  const stage = hasGenerator ? "synthesise" : "represent";
  const pictures = newest(namesIn(join(directory, "images")), stage);
  const run = quoted(directory);
  return [...pictures.map((name) => `open ${join(directory, "images", name)}`), ...(hasGenerator ? [`next npx idgan traverse ${run}`] : []), `next npx idgan evaluate ${run}`];
}

/** Names begin with the stage and the update, in as many digits each: `synthesise-00001500-traversal.png`. */
function newest(names: readonly string[], stage: string): readonly string[] {
  return worthOpening.flatMap((kind) => names.filter((name) => name.startsWith(`${stage}-`) && name.endsWith(`-${kind}.png`)).sort().slice(-1));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
