import { IdganError } from "@idgan/core";

/** An installation that cannot go on, in words that end with what to do. */
export function failure(message: string, cause?: unknown): IdganError {
  return new IdganError("ENGINE_INSTALL", message, cause);
}
