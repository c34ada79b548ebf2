import { IdganError } from "../../contract/error.js";
import { describeValue } from "../../config/json.js";
import type { Score, ScoreMatrix } from "../../contract/metric.js";

/** Checks what a metric gave: nothing that is not finite may be written down as a score. Throws `METRIC_FAILED`; `origin` names metric and plugin. */
export function checkScore(given: unknown, origin: string): Score {
  const failed = (what: string) => new IdganError("METRIC_FAILED", `${origin} ${what}`);
  if (typeof given !== "object" || given === null) throw failed(`gave ${describeValue(given)}, which is no score.`);
  const { value, parts, matrices = [], notes = [] } = given as Partial<Score>;
  if (typeof value !== "number" || !Number.isFinite(value)) throw failed(`gave the score ${typeof value === "number" ? value : describeValue(value)}, which is no finite number.`);
  if (typeof parts !== "object" || parts === null) throw failed("gave a score without parts.");
  for (const [name, part] of Object.entries(parts)) {
    const numbers: readonly unknown[] = Array.isArray(part) ? (part as readonly unknown[]) : [part];
    const odd = numbers.findIndex((number) => !Number.isFinite(number));
    if (odd >= 0) throw failed(`gave ${String(numbers[odd])} in the part "${name}" of its score.`);
  }
  if (!Array.isArray(matrices)) throw failed("gave matrices that are no list.");
  for (const matrix of matrices as readonly ScoreMatrix[]) checkMatrix(matrix, failed);
  if (!Array.isArray(notes) || notes.some((note) => typeof note !== "string")) throw failed("gave notes that are no list of sentences.");
  return given as Score;
}

function checkMatrix({ title, rows, columns, values }: Partial<ScoreMatrix>, failed: (what: string) => IdganError): void {
  if (typeof title !== "string" || ![rows, columns, values].every(Array.isArray) || rows === undefined || columns === undefined || values === undefined) throw failed("gave a matrix without title, rows, columns or values.");
  if (values.length !== rows.length) throw failed(`gave the matrix "${title}" with ${values.length} rows of values and ${rows.length} names of rows.`);
  for (const row of values) {
    if (row.length !== columns.length) throw failed(`gave the matrix "${title}" with a row of ${row.length} values and ${columns.length} names of columns.`);
    const odd = row.find((value) => !Number.isFinite(value));
    if (odd !== undefined) throw failed(`gave ${odd} in the matrix "${title}".`);
  }
}
