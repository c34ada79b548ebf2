import type { ErrorCode } from "../contract/error-codes.js";
import { IdganError, messageOf } from "../contract/error.js";
import { withOrigin } from "./origin.js";

/**
 * Runs a plugin's `body` as `origin`: whatever it throws, or rejects with, leaves as an `IdganError` that names it,
 * such as `build of @idgan/plugin-dcgan: …`. An `IdganError` passes as it is: it already says what, where and what to do.
 */
export function attributed<Result>(origin: string, code: ErrorCode, body: () => Result): Result {
  const failure = (error: unknown): IdganError => (error instanceof IdganError ? error : new IdganError(code, `${origin}: ${messageOf(error)}`, error));
  const rethrow = (error: unknown): never => {
    throw failure(error);
  };
  let result: Result;
  try {
    result = withOrigin(origin, body);
  } catch (error) {
    return rethrow(error);
  }
  return result instanceof Promise ? (result.catch(rethrow) as Result) : result;
}
