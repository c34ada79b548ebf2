import { errorCodes, exitCodes, type ErrorCode } from "./error-codes.js";

/** The one error class: a code from the table, and a message that says what, where and what to do. */
export class IdganError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "IdganError";
    this.code = code;
  }

  /** Exit status of the `idgan` command for this error. */
  get exitCode(): number {
    return exitCodes[errorCodes[this.code].exit];
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
