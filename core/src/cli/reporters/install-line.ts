import type { InstallReporter } from "../../contract/engine-installer.js";
import { formatDuration } from "./progress-line.js";
import type { Terminal } from "./terminal-reporter.js";

/** Ten redraws a second are all that an eye can follow. */
const redrawMs = 100;
const barLength = 24;

/** Tells an installation on a terminal, by one line that is redrawn in place; without a terminal, by a line for each part. */
export function installReporter(write: (text: string) => unknown, terminal: Pick<Terminal, "columns"> | undefined): InstallReporter & { end(): void } {
  let title = "";
  let startedAt = 0;
  let drawnAt = -Infinity;
  const erase = terminal === undefined ? "" : "\r\x1b[J";
  return {
    stage(next) {
      title = next;
      startedAt = performance.now();
      drawnAt = -Infinity;
      write(`${erase}${next}${terminal === undefined ? "\n" : ""}`);
    },
    progress(done, total) {
      if (terminal === undefined || performance.now() - drawnAt < redrawMs) return;
      drawnAt = performance.now();
      write(`${erase}${installLine(title, done, total, (drawnAt - startedAt) / 1000).slice(0, Math.max(1, (terminal.columns || 80) - 1))}`);
    },
    note: (text) => void write(`${erase}${text}\n`),
    end: () => void write(erase),
  };
}

/** `fetch tensorflow-cpu 2.19.1 through pip  ████░░░░  120/252 MB   48%  41 MB/s  ETA 0:03`. */
export function installLine(title: string, done: number, total: number | undefined, seconds: number): string {
  const rate = seconds > 0 ? done / seconds : 0;
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
  const speed = `${megabytes(rate)} MB/s`;
  if (total === undefined) return [title, `${megabytes(done)} MB`, speed].join("  ");
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(share * barLength);
  const eta = formatDuration(rate > 0 ? (total - done) / rate : Infinity);
  return [title, "█".repeat(filled) + "░".repeat(barLength - filled), `${megabytes(done)}/${megabytes(total)} MB`, `${String(Math.floor(100 * share)).padStart(3)}%`, speed, `ETA ${eta}`].join("  ");
}
