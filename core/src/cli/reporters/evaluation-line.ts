import type { WorkReport, EvaluationReporter } from "../../run/evaluation/evaluation-reporter.js";
import { formatCount, formatDuration } from "./progress-line.js";
import type { Terminal } from "./terminal-reporter.js";

/** Ten redraws a second are all that an eye can follow. */
const redrawMs = 100;
const barLength = 24;

/** On a terminal: one line that is redrawn in place and gone at the end. Without one: a line for each score. */
export function evaluationReporter(write: (text: string) => unknown, terminal: Pick<Terminal, "columns"> | undefined): EvaluationReporter {
  let metric = "";
  let drawnAt = -Infinity;
  const erase = terminal === undefined ? "" : "\r\x1b[J";
  const draw = (line: string): void => {
    // A terminal that does not know its width says 0.
    if (terminal !== undefined) write(`${erase}${line.slice(0, Math.max(1, (terminal.columns || 80) - 1))}`);
  };
  return {
    message: (level, text) => void write(`${erase}${level === "warning" ? `warning: ${text}` : text}\n`),
    measuring(name, index, count) {
      metric = `${index + 1}/${count}  ${name}`;
      draw(metric);
    },
    measured(name, value) {
      metric = "";
      if (terminal === undefined) write(`${name}  ${value}\n`);
      else draw("");
    },
    workStarted: () => (drawnAt = -Infinity),
    worked(report) {
      if (performance.now() - drawnAt < redrawMs) return;
      drawnAt = performance.now();
      draw(workLine(report, metric));
    },
    workEnded: () => draw(metric),
  };
}

/** `2/7  mig@locatello2019  encode  ████░░░░  7424/15000   49%  1820 images/s  ETA 0:04`. */
export function workLine({ what, done, count, imagesPerSecond }: WorkReport, metric: string): string {
  const share = count === 0 ? 1 : done / count;
  const filled = Math.round(share * barLength);
  const bar = "█".repeat(filled) + "░".repeat(barLength - filled);
  const eta = formatDuration(imagesPerSecond > 0 ? (count - done) / imagesPerSecond : Infinity);
  return [...(metric === "" ? [] : [metric]), what, bar, `${done}/${count}`, `${String(Math.floor(100 * share)).padStart(3)}%`, `${formatCount(imagesPerSecond)} images/s`, `ETA ${eta}`].join("  ");
}
