import { failureOf } from "../run/reporter.js";
import { jsonLine } from "../run/record/json-line.js";

/** Runs a command that prints one JSON value: where it fails before that, it prints `{ "error": { code, message, exit } }` instead, as standard error tells a person. */
export async function orJsonFailure<Result>(json: boolean, body: () => Promise<Result>): Promise<Result> {
  try {
    return await body();
  } catch (error) {
    if (json) process.stdout.write(`${jsonLine({ error: failureOf(error) })}\n`);
    throw error;
  }
}
