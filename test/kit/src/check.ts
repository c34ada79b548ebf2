import { repairGradients } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import { AssertionError } from "node:assert/strict";

/** One promise of the contract, as a test for any runner. */
export interface Check {
  readonly title: string;
  /** Rejects with an `AssertionError` of node:assert that says what was expected and what was found. */
  run(): Promise<void>;
}

/**
 * What is thrown where a plugin lacks the very parts that a check is about. One check of each kind looks for those and says what is wrong; the others
 * have nothing to look at, and twenty failures would only hide the one.
 */
export class Unfit extends Error {}

/** The result of `body`, or `Unfit` with its message. */
export function fit<Result>(body: () => Result): Result {
  try {
    return body();
  } catch (error) {
    throw new Unfit(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Checks look at global state (tensor counts, registered variables), so they run one after the other, however the runner calls them. */
let last: Promise<unknown> = Promise.resolve();

/** A check of `body`; variables that it makes are disposed, and whatever it throws becomes an `AssertionError`, but for `Unfit`, which ends it. */
export function createCheck(title: string, body: () => Promise<void> | void): Check {
  return {
    title,
    run() {
      const result = last.then(() => perform(title, body));
      last = result.catch(() => undefined);
      return result;
    },
  };
}

/** Every variable that tfjs knows, by its global name. */
export function registeredVariables(): ReadonlyMap<string, tf.Variable> {
  return new Map(Object.entries(tf.engine().state.registeredVariables));
}

async function perform(title: string, body: () => Promise<void> | void): Promise<void> {
  await tf.ready();
  repairGradients(); // as every engine does; here, so that no check takes it for the plugin's doing
  const before = registeredVariables();
  try {
    await body();
  } catch (error) {
    if (error instanceof Unfit) return;
    if (error instanceof AssertionError) throw error;
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw Object.assign(new AssertionError({ message: `${title}: ${message}`, operator: "throws" }), { cause: error });
  } finally {
    for (const [name, variable] of registeredVariables()) {
      if (!before.has(name)) variable.dispose();
    }
  }
}
