import { resolveRun, type ResolvedRun } from "../config/resolve-run.js";

/** What the command line says of the config. */
export interface RunChoice {
  readonly set: readonly string[];
  readonly seed?: string;
  readonly engine?: string;
}

/** Resolves a run as the command line asks for it, under the environment's variables. */
export async function resolveChoice(config: string, { set, seed, engine }: RunChoice): Promise<ResolvedRun> {
  return await resolveRun({ config, set, env: process.env, ...(seed === undefined ? {} : { seed }), ...(engine === undefined ? {} : { engine }) });
}
