import type { PreparationProgress } from "../contract/build-context.js";
import type { Tell } from "./load-vae.js";

/** From one line to the next, in milliseconds; what is done sooner is not worth a word. */
const everyMs = 5_000;

/** Tells in lines how far data has been prepared, for commands without a bar of their own. */
export function toldPreparation(tell: Tell, now: () => number = () => performance.now()): PreparationProgress {
  let next = now() + everyMs;
  return (what, done, count) => {
    if (now() < next) return;
    next = now() + everyMs;
    tell("info", `${done} of ${count} ${what}`);
  };
}
