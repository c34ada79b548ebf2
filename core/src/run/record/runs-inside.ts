import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Runs that are named; more are counted. */
const mostNamed = 8;

/** What to say to who named a folder of runs instead of one of them; nothing where there are none in it. */
export function runsInside(folder: string): string | undefined {
  const runs = namesOf(folder).map((name) => join(folder, name)).filter((path) => existsSync(join(path, "config.json")));
  if (runs.length === 0) return undefined;
  const more = runs.length > mostNamed ? ` and ${runs.length - mostNamed} more` : "";
  return `${runs.length === 1 ? "There is a run" : "There are runs"} inside: ${runs.slice(0, mostNamed).join(", ")}${more}. Name ${runs.length === 1 ? "it" : "one of them"}.`;
}

function namesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
