import type { PreparationReport, Reporter, StageReport, StageStart, StepReport } from "../../run/reporter.js";
import { workLine } from "./evaluation-line.js";
import { formatDuration, progressLine } from "./progress-line.js";

/** What of a terminal's stream is used; `process.stderr` is one. */
export interface Terminal {
  readonly columns?: number;
  write(text: string): boolean;
  on(event: "resize", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

const hideCursor = "\x1b[?25l";
const showCursor = "\x1b[?25h";
/** Ten redraws a second are all that an eye can follow. */
const redrawMs = 100;

/** One line, redrawn in place under the messages. */
export class TerminalReporter implements Reporter {
  #report: StepReport | undefined;
  #shown = "";
  #drawnAt = -Infinity;
  #startedAt = 0;
  #hidden = false;
  readonly #resized = (): void => {
    if (this.#shown !== "") this.#draw();
  };
  readonly #restore = (): void => {
    if (this.#hidden) this.terminal.write(showCursor);
    this.#hidden = false;
  };

  constructor(
    readonly terminal: Terminal,
    readonly now: () => number = () => performance.now(),
  ) {}

  prepared(report: PreparationReport): void {
    if (report.done >= report.count) return this.#above(`${report.count} ${report.what}`);
    if (this.now() - this.#drawnAt < redrawMs) return;
    const erased = this.#erased();
    this.#shown = workLine(report, "").slice(0, this.#width() - 1);
    this.#drawnAt = this.now();
    this.terminal.write(erased + this.#shown);
  }

  stageStarted({ stage, step, steps }: StageStart): void {
    this.#startedAt = this.now();
    this.#report = { stage, step, steps, losses: {}, stepsPerSecond: 0, imagesPerSecond: 0, etaSeconds: Infinity };
    if (!this.#hidden) {
      this.#hidden = true;
      this.terminal.write(hideCursor);
      this.terminal.on("resize", this.#resized);
      // A crash, or an exit from a signal's handler, would otherwise leave the shell without a cursor.
      process.on("exit", this.#restore);
    }
    this.#draw();
  }

  stepped(report: StepReport): void {
    const losses = Object.keys(report.losses).length > 0 ? report.losses : (this.#report?.losses ?? {});
    this.#report = { ...report, losses };
    if (this.now() - this.#drawnAt >= redrawMs) this.#draw();
  }

  message(level: "info" | "warning", text: string): void {
    this.#above(level === "warning" ? `warning: ${text}` : text);
  }

  pictureWritten(path: string): void {
    this.#above(`picture ${path}`);
  }

  /** Too frequent for a line of its own. */
  checkpointWritten(): void {}

  stageFinished({ stage, step, steps }: StageReport): void {
    if (this.#report !== undefined) this.#report = { ...this.#report, stage, step, steps, etaSeconds: step >= steps ? 0 : this.#report.etaSeconds };
    this.#draw();
    this.terminal.write("\n");
    this.#shown = "";
    this.#report = undefined;
    this.#above(`${stage}: ${step} of ${steps} steps done, ${formatDuration((this.now() - this.#startedAt) / 1000)}`);
  }

  runFinished({ directory }: { readonly directory: string }): void {
    this.#report = undefined;
    this.#above(`run ${directory}`);
    this.#leave();
  }

  /** How far the run came stays on the screen. */
  runFailed(): void {
    if (this.#shown !== "") this.terminal.write("\n");
    this.#shown = "";
    this.#report = undefined;
    this.#leave();
  }

  #leave(): void {
    this.terminal.off("resize", this.#resized);
    process.off("exit", this.#restore);
    this.#restore();
  }

  #above(text: string): void {
    this.terminal.write(`${this.#erased()}${text}\n`);
    if (this.#report !== undefined) this.#draw();
  }

  #draw(): void {
    if (this.#report === undefined) return;
    const erased = this.#erased();
    this.#shown = progressLine(this.#report, this.#width() - 1);
    this.#drawnAt = this.now();
    this.terminal.write(erased + this.#shown);
  }

  /** Moves to where the line began and clears from there; a terminal made narrower has folded it into several rows. */
  #erased(): string {
    const rows = Math.ceil(this.#shown.length / this.#width());
    this.#shown = "";
    return `${rows > 1 ? `\x1b[${rows - 1}A` : ""}\r\x1b[J`;
  }

  #width(): number {
    return Math.max(1, this.terminal.columns ?? 80);
  }
}
