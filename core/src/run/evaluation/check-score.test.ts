import test from "ava";
import { IdganError } from "../../contract/error.js";
import { checkScore } from "./check-score.js";

const matrix = { title: "m", rows: ["a"], columns: ["b", "c"], values: [[1, 2]] };
const good = { value: 0.5, parts: { gap: 0.1, gaps: [0.1, 0.2] }, matrices: [matrix], notes: ["One note."] };

test("a score with finite numbers passes as it is", (t) => {
  t.is(checkScore(good, "x@y of z"), good);
  t.notThrows(() => checkScore({ value: 0, parts: {} }, "x@y of z"));
});

const faults: readonly (readonly [given: unknown, said: RegExp])[] = [
  [undefined, /^x@y of z gave .*, which is no score\.$/],
  [{ ...good, value: Number.NaN }, /gave the score NaN, which is no finite number/],
  [{ ...good, value: Infinity }, /gave the score Infinity/],
  [{ ...good, value: "0.5" }, /gave the score "0\.5"/],
  [{ value: 1 }, /without parts/],
  [{ ...good, parts: { gaps: [1, Number.NaN] } }, /gave NaN in the part "gaps"/],
  [{ ...good, parts: { gap: null } }, /gave null in the part "gap"/],
  [{ ...good, label: 3 }, /gave the label 3, which names nothing/],
  [{ ...good, label: " " }, /gave the label " ", which names nothing/],
  [{ ...good, matrices: [{ ...matrix, rows: ["a", "b"] }] }, /the matrix "m" with 1 rows of values and 2 names of rows/],
  [{ ...good, matrices: [{ ...matrix, values: [[1]] }] }, /the matrix "m" with a row of 1 values and 2 names of columns/],
  [{ ...good, matrices: [{ ...matrix, values: [[1, -Infinity]] }] }, /gave -Infinity in the matrix "m"/],
  [{ ...good, matrices: [{ ...matrix, values: [[1, undefined]] }] }, /gave undefined in the matrix "m"/],
  [{ ...good, matrices: [{ ...matrix, values: [null] }] }, /the matrix "m" with null as a row/],
  [{ ...good, matrices: [null] }, /gave a matrix without title/],
  [{ ...good, matrices: [{ ...matrix, rows: [1] }] }, /a matrix without title, rows/],
  [{ ...good, matrices: [{}] }, /gave a matrix without title, rows, columns or values/],
  [{ ...good, notes: [3] }, /notes that are no list of sentences/],
];

for (const [given, said] of faults) {
  test(`a score is refused: ${said.source}`, (t) => {
    const error = t.throws(() => checkScore(given, "x@y of z"), { instanceOf: IdganError });
    t.is((error as IdganError).code, "METRIC_FAILED");
    t.regex(error?.message ?? "", said);
  });
}
