import { IdganError } from "../../contract/error.js";
import { describeValue } from "../../config/json.js";
import type { Score } from "../../contract/metric.js";

/** Checks what a metric gave: nothing that is not finite may be written down as a score. Throws `METRIC_FAILED`; `origin` names metric and plugin. */
export function checkScore(given: unknown, origin: string): Score {
  const failed = (what: string) => new IdganError("METRIC_FAILED", `${origin} ${what}`);
  if (typeof given !== "object" || given === null) throw failed(`gave ${describeValue(given)}, which is no score.`);
  const { value, parts, label, matrices = [], notes = [] } = given as Partial<Score>;
  if (typeof value !== "number" || !Number.isFinite(value)) throw failed(`gave the score ${typeof value === "number" ? value : describeValue(value)}, which is no finite number.`);
  if (typeof parts !== "object" || parts === null) throw failed("gave a score without parts.");
  for (const [name, part] of Object.entries(parts)) {
    const numbers: readonly unknown[] = Array.isArray(part) ? (part as readonly unknown[]) : [part];
    const odd = numbers.findIndex((number) => !Number.isFinite(number));
    if (odd >= 0) throw failed(`gave ${String(numbers[odd])} in the part "${name}" of its score.`);
  }
  if (label !== undefined && (typeof label !== "string" || label.trim() === "")) throw failed(`gave the label ${describeValue(label)}, which names nothing.`);
  if (!Array.isArray(matrices)) throw failed("gave matrices that are no list.");
  for (const matrix of matrices as readonly unknown[]) checkMatrix(matrix, failed);
  if (!Array.isArray(notes) || notes.some((note) => typeof note !== "string")) throw failed("gave notes that are no list of sentences.");
  return given as Score;
}

function checkMatrix(matrix: unknown, failed: (what: string) => IdganError): void {
  const { title, rows, columns, values } = (matrix ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof title !== "string" || !isListOfNames(rows) || !isListOfNames(columns) || !Array.isArray(values)) throw failed("gave a matrix without title, rows, columns or values.");
  if (values.length !== rows.length) throw failed(`gave the matrix "${title}" with ${values.length} rows of values and ${rows.length} names of rows.`);
  for (const row of values as readonly unknown[]) {
    if (!Array.isArray(row)) throw failed(`gave the matrix "${title}" with ${describeValue(row)} as a row.`);
    if (row.length !== columns.length) throw failed(`gave the matrix "${title}" with a row of ${row.length} values and ${columns.length} names of columns.`);
    const odd = row.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0) throw failed(`gave ${String(row[odd])} in the matrix "${title}".`);
  }
}

function isListOfNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}
