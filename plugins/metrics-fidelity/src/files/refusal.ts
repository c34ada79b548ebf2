import { IdganError } from "@idgan/core";

/** Of a file that cannot be used; `what` completes "… cannot be used: ". */
export function refusal(where: string, what: string, cause?: unknown): IdganError {
  return new IdganError("METRIC_INPUT", `${where} cannot be used: ${what}. Download it again from where its project publishes it.`, cause);
}
