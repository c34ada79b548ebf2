import { AsyncSeriesHook, SyncWaterfallHook } from "tapable";
import { IdganError, messageOf } from "./contract/error.js";
import { withOrigin } from "./trace/origin.js";

/** What tapable hands to a `register` interceptor; its own type leaves `fn` out. */
interface Registration {
  readonly name: string;
  readonly type: "sync" | "async" | "promise";
  readonly fn?: unknown;
}

/** The part of every tapable hook that is used here. */
interface Interceptable {
  readonly name?: string | undefined;
  intercept(interceptor: never): void;
}

type Tapped = (...args: unknown[]) => unknown;

/**
 * Makes every failure in `hook` name the tap that caused it, and refuses taps that could only fail later or unseen:
 * tapable itself accepts a tap without a function, ignores a waterfall tap that returns nothing and a promise that `tap` returns,
 * and says of no error where it came from.
 */
export function attribute<H extends Interceptable>(hook: H): H {
  // tapable's classes have no prototype to test with `instanceof`.
  const waterfall = (hook.constructor as unknown) === SyncWaterfallHook;
  const waits = (hook.constructor as unknown) === AsyncSeriesHook;
  const register = (tap: Registration): Registration => {
    const { name: tapName, fn } = tap;
    if (typeof fn !== "function") {
      throw new IdganError("TAP_INVALID", `${tapName} tapped "${hook.name}" without a function. Pass one as the second argument of tap().`);
    }
    if (tap.type === "async") {
      throw new IdganError("TAP_INVALID", `${tapName} tapped "${hook.name}" with tapAsync, whose callback could fail without a name. Use tapPromise.`);
    }
    return { ...tap, fn: tap.type === "promise" ? asynchronous(tapName, fn as Tapped) : synchronous(tapName, fn as Tapped) };
  };
  const synchronous = (tapName: string, fn: Tapped): Tapped => (...args) => {
    const result = withOrigin(`tap ${tapName}`, () => {
      try {
        return fn(...args);
      } catch (error) {
        throw failure(tapName, error);
      }
    });
    if (result instanceof Promise) {
      // Nobody would wait for it, and its rejection would end the process.
      result.catch(() => {});
      throw new IdganError("TAP_INVALID", `${tapName} returned a promise from tap() of "${hook.name}"; ${waits ? "use tapPromise, or make it" : "make it"} synchronous.`);
    }
    if (waterfall && !Array.isArray(result)) {
      const got = result === undefined ? "nothing" : `a ${typeof result}`;
      throw new IdganError("TAP_INVALID", `${tapName} returned ${got} from "${hook.name}"; return the terms, changed or not.`);
    }
    return result;
  };
  const asynchronous = (tapName: string, fn: Tapped): Tapped => async (...args) => {
    try {
      return await fn(...args);
    } catch (error) {
      throw failure(tapName, error);
    }
  };
  const failure = (tapName: string, error: unknown): IdganError =>
    error instanceof IdganError ? error : new IdganError("HOOK_FAILED", `${tapName} threw in hook "${hook.name}": ${messageOf(error)}`, error);
  hook.intercept({ register } as never);
  return hook;
}
