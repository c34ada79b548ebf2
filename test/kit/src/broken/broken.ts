import type { LossTerm } from "@idgan/core";

/** A plugin with one fault, and words of the title of the one check that it must fail. */
export interface Broken<Plugin> {
  readonly fault: string;
  readonly fails: string;
  readonly plugin: Plugin;
}

/** A copy of a term, changed. */
export function changeTerm(term: LossTerm, change: Partial<LossTerm>): LossTerm {
  return { ...term, ...change };
}
