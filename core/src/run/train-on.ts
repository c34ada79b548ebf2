import type { RunConfig } from "../config/run-config.js";

/** What to do about a run whose stage 2 has written no checkpoint; without its full stop. */
export function trainOn(run: string, { synthesise }: Pick<RunConfig, "synthesise">): string {
  const command = `Train it on: idgan train --resume --out ${run}`;
  return synthesise.steps === 0 ? `Its synthesise.steps is 0, so stage 2 has nothing to do. ${command} --set synthesise.steps=N` : command;
}
