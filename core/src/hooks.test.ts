import test from "ava";
import type { LossTerm } from "./contract/loss-term.js";
import { IdganError } from "./contract/error.js";
import { createHooks, type StepResult } from "./hooks.js";
import { currentOrigin } from "./trace/origin.js";

const result: StepResult = { stage: "represent", step: 3, imagesShown: 12, losses: {} };
const terms: readonly LossTerm[] = [];
/** The loss hooks of these tests hand the step on unread. */
const step = {} as never;

async function failureOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    return error instanceof IdganError ? `${error.code}: ${error.message}` : `not attributed: ${String(error)}`;
  }
  return "nothing was thrown";
}

function failing(): never {
  throw new TypeError("no such field");
}

test("what a tap throws or rejects with is named by tap and hook, with its cause", async (t) => {
  const hooks = createHooks();
  hooks.afterStep.tap("mine", failing);
  hooks.beforeRun.tap("mine", failing);
  hooks.checkpoint.tapPromise("mine", async () => failing());
  hooks.afterRun.tapPromise("mine", failing);
  const run = { directory: "/", seed: 1 };
  t.is(await failureOf(() => hooks.afterStep.call(result)), 'HOOK_FAILED: mine threw in hook "afterStep": no such field');
  t.is(await failureOf(() => hooks.beforeRun.promise(run)), 'HOOK_FAILED: mine threw in hook "beforeRun": no such field');
  t.is(await failureOf(() => hooks.checkpoint.promise(result)), 'HOOK_FAILED: mine threw in hook "checkpoint": no such field');
  t.is(await failureOf(() => hooks.afterRun.promise(run)), 'HOOK_FAILED: mine threw in hook "afterRun": no such field');
  t.true(t.throws(() => hooks.afterStep.call(result))?.cause instanceof TypeError);
});

test("an error that has a code passes through a hook as it is, and a tap runs under its own name", (t) => {
  const hooks = createHooks();
  const coded = new IdganError("DIVERGED", "said already");
  let origin = "";
  hooks.afterStep.tap("mine", () => {
    origin = currentOrigin();
    throw coded;
  });
  t.is(t.throws(() => hooks.afterStep.call(result)), coded);
  t.is(origin, "tap mine");
});

test("a promise from tap() is refused by tap and hook, and its rejection reaches nobody", async (t) => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  const hooks = createHooks();
  const rejecting = async (): Promise<never> => failing();
  hooks.checkpoint.tap("mine", rejecting);
  hooks.afterStep.tap("mine", rejecting);
  hooks.vaeLoss.tap("mine", rejecting as never);
  t.is(await failureOf(() => hooks.checkpoint.promise(result)), 'TAP_INVALID: mine returned a promise from tap() of "checkpoint"; use tapPromise, or make it synchronous.');
  t.is(await failureOf(() => hooks.afterStep.call(result)), 'TAP_INVALID: mine returned a promise from tap() of "afterStep"; make it synchronous.');
  t.is(await failureOf(() => hooks.vaeLoss.call(terms, step)), 'TAP_INVALID: mine returned a promise from tap() of "vaeLoss"; make it synchronous.');
  // Node reports an unhandled rejection after the microtasks of its turn.
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", note);
  t.deepEqual(unhandled, []);
});

test("a tap without a function, and tapAsync, are refused where they tap", async (t) => {
  const hooks = createHooks();
  t.is(await failureOf(() => hooks.afterStep.tap("mine", undefined as never)), 'TAP_INVALID: mine tapped "afterStep" without a function. Pass one as the second argument of tap().');
  t.is(await failureOf(() => hooks.checkpoint.tapAsync("mine", () => {})), 'TAP_INVALID: mine tapped "checkpoint" with tapAsync, whose callback could fail without a name. Use tapPromise.');
});

test("a loss tap that returns no terms is refused, and one that returns them hands them on", async (t) => {
  const hooks = createHooks();
  const added: LossTerm = { name: "mine", value: step, weight: 1 };
  hooks.generatorLoss.tap("first", (before) => [...before, added]);
  t.deepEqual(hooks.generatorLoss.call(terms, step), [added]);
  hooks.generatorLoss.tap("second", (() => undefined) as never);
  t.is(await failureOf(() => hooks.generatorLoss.call(terms, step)), 'TAP_INVALID: second returned nothing from "generatorLoss"; return the terms, changed or not.');
});
