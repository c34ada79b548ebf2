import test from "ava";
import { workLine, evaluationReporter } from "./evaluation-line.js";

const report = { what: "encode", done: 3750, count: 15_000, imagesPerSecond: 2500 };

test("encoding is told as a bar, counts, rate and time left", (t) => {
  t.is(workLine(report, "2/7  mig@x"), "2/7  mig@x  encode  ██████░░░░░░░░░░░░░░░░░░  3750/15000   25%  2500 images/s  ETA 0:05");
  t.is(workLine({ what: "encode", done: 0, count: 0, imagesPerSecond: 0 }, ""), "encode  ████████████████████████  0/0  100%  0.0 images/s  ETA -:--");
});

test("on a terminal one line is redrawn, cut to its width, and gone when the score is there", (t) => {
  const written: string[] = [];
  const reporter = evaluationReporter((text) => written.push(text), { columns: 30 });
  reporter.measuring("mig@x", 1, 7);
  reporter.workStarted("encode", 15_000);
  reporter.worked(report);
  reporter.worked(report); // too soon to draw again
  reporter.workEnded(report);
  reporter.message("warning", "careful");
  reporter.measured("mig@x", 0.25, 1);
  t.deepEqual(written, ["\r\x1b[J2/7  mig@x", "\r\x1b[J2/7  mig@x  encode  ██████░░░", "\r\x1b[J2/7  mig@x", "\r\x1b[Jwarning: careful\n", "\r\x1b[J"]);
});

test("a terminal of unknown width gets 80 columns, and what is encoded after a score bears no metric's name", (t) => {
  const written: string[] = [];
  const reporter = evaluationReporter((text) => written.push(text), { columns: 0 });
  reporter.measuring("mig@x", 0, 1);
  reporter.measured("mig@x", 0.25, 1);
  reporter.workStarted("encode", 15_000);
  reporter.worked(report);
  t.is(written.at(-1), `\r\x1b[J${workLine(report, "").slice(0, 79)}`);
});

test("without a terminal there is a line for each score and for each message, and nothing else", (t) => {
  const written: string[] = [];
  const reporter = evaluationReporter((text) => written.push(text), undefined);
  reporter.measuring("mig@x", 0, 1);
  reporter.workStarted("encode", 15_000);
  reporter.worked(report);
  reporter.workEnded(report);
  reporter.measured("mig@x", 0.25, 1);
  reporter.message("info", "picture x.png");
  t.deepEqual(written, ["mig@x  0.25\n", "picture x.png\n"]);
});
