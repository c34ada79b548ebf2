import test from "ava";
import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { preparationOf, type StepReport } from "../../run/reporter.js";
import { toldPreparation } from "../../run/told-preparation.js";
import { createReporter } from "./create-reporter.js";
import { jsonReporter, plainReporter } from "./line-reporters.js";
import { formatDuration, formatLoss, formatRate, plainLine, progressLine } from "./progress-line.js";
import { TerminalReporter } from "./terminal-reporter.js";

const report: StepReport = {
  stage: "represent",
  step: 4200,
  steps: 10_000,
  losses: { reconstruction: 41.2345, kl: 12.3, tc: 0.00123, extra: 1234.5, fifth: 5 },
  stepsPerSecond: 182.4,
  imagesPerSecond: 11_673.6,
  etaSeconds: 31.8,
};

const start = { stage: "represent", step: 0, steps: 10_000, batch: 64, log: 100 } as const;

/** A terminal that remembers what it shows: enough of one to obey `\r`, `\n`, clearing and moving up. */
class Screen extends EventEmitter {
  columns = 60;
  cursorShown = true;
  writes = 0;
  #lines = [""];
  #row = 0;
  #column = 0;

  get lines(): readonly string[] {
    return this.#lines.map((line) => line.trimEnd());
  }

  write(text: string): boolean {
    this.writes += 1;
    for (const [index, part] of text.split("\x1b[").entries()) {
      const command = index === 0 ? "" : (/^[?\d]*[A-Za-z]/.exec(part)?.[0] ?? "");
      if (command !== "") this.#obey(command);
      for (const character of part.slice(command.length)) this.#print(character);
    }
    return true;
  }

  /** A narrower window folds what is too long for it. */
  narrow(columns: number): void {
    this.columns = columns;
    this.#lines = this.#lines.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, "gu")) ?? [""]);
    this.#row = this.#lines.length - 1;
    this.emit("resize");
  }

  #obey(command: string): void {
    if (command === "?25l" || command === "?25h") this.cursorShown = command === "?25h";
    else if (command === "J") this.#lines = [...this.#lines.slice(0, this.#row), (this.#lines[this.#row] ?? "").slice(0, this.#column)];
    else if (command.endsWith("A")) this.#row -= Number.parseInt(command, 10);
    else throw new Error(`This screen does not know "${command}".`);
  }

  #print(character: string): void {
    if (character === "\r") this.#column = 0;
    else if (character === "\n") {
      this.#row += 1;
      this.#column = 0;
      if (this.#row === this.#lines.length) this.#lines.push("");
    } else {
      const line = (this.#lines[this.#row] ?? "").padEnd(this.#column);
      this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
      this.#column += 1;
    }
  }
}

test("the progress line has all facts where there is room, with at most four losses", (t) => {
  t.is(
    progressLine(report, 160),
    `represent  ${"█".repeat(13)}${"░".repeat(17)}  4200/10000   42%  182 steps/s  ETA 0:32  reconstruction 41.2  kl 12.3  tc 0.00123  extra 1235`,
  );
});

test("as it narrows, the progress line drops the bar before the rate and the steps, then losses, the time left last; it never exceeds its width", (t) => {
  t.is(progressLine(report, 99), "represent  4200/10000   42%  ETA 0:32  reconstruction 41.2  kl 12.3  tc 0.00123  extra 1235");
  t.is(progressLine(report, 83), "represent   42%  ETA 0:32  reconstruction 41.2  kl 12.3  tc 0.00123  extra 1235");
  t.is(progressLine(report, 67), `represent  ${"█".repeat(6)}${"░".repeat(9)}  4200/10000   42%  182 steps/s  ETA 0:32`);
  t.is(progressLine(report, 59), "represent  4200/10000   42%  182 steps/s  ETA 0:32");
  t.is(progressLine(report, 49), `represent  ${"█".repeat(4)}${"░".repeat(6)}  4200/10000   42%  ETA 0:32`);
  t.is(progressLine(report, 39), "represent  4200/10000   42%  ETA 0:32");
  t.is(progressLine(report, 33), "represent   42%  ETA 0:32");
  t.is(progressLine(report, 15), "represent   42%");
  for (let width = 0; width < 200; width += 1) t.true(progressLine(report, width).length <= width, String(width));
});

test("a terminal of 80 columns shows all of stage 2's terms by short names, the totals left out", (t) => {
  const losses = { "discriminator/adversarial": 1.2, "discriminator/r1": 0.1, "discriminator/total": 2, "generator/adversarial": 0.7, "generator/id": 999.7, "generator/total": 1 };
  t.is(progressLine({ ...report, stage: "synthesise", losses, etaSeconds: 11_220 }, 79), "synthesise   42%  ETA 3:07:00  D adv 1.20  D r1 0.100  G adv 0.700  G id 1000");
});

test("the bar is empty at the start and full at the end, also of no steps", (t) => {
  t.regex(progressLine({ ...report, step: 0 }, 60), /  ░+  0\/10000    0%/);
  t.regex(progressLine({ ...report, step: 10_000 }, 62), /  █+  10000\/10000  100%/);
  t.regex(progressLine({ ...report, step: 9999 }, 60), / 99%/);
  t.regex(progressLine({ ...report, step: 0, steps: 0 }, 60), /100%/);
});

test("numbers are written for reading", (t) => {
  t.deepEqual([0, 41.2345, 0.00123, 1234.5, 1e-7, 2.5e8, -3.5, Number.NaN].map((value) => formatLoss(value)), ["0", "41.23", "0.001230", "1235", "1.00e-7", "2.50e+8", "-3.500", "NaN"]);
  t.deepEqual([49, 59.6, 725, 11_220, 367_200, Infinity, Number.NaN].map(formatDuration), ["0:49", "1:00", "12:05", "3:07:00", "4 d 6 h", "-:--", "-:--"]);
  t.deepEqual([182.4, 3.42, 0.4, 0, 25_000].map(formatRate), ["182 steps/s", "3.4 steps/s", "2.5 s/step", "- steps/s", "25.0k steps/s"]);
});

test("a plain line has every loss", (t) => {
  t.is(plainLine(report), "represent  4200/10000  182 steps/s  11.7k images/s  ETA 0:32  reconstruction 41.23  kl 12.30  tc 0.001230  extra 1235  fifth 5.000");
});

test("plain lines come at the first step, every interval and the last", (t) => {
  const lines: string[] = [];
  let now = 0;
  const reporter = plainReporter((line) => lines.push(line), () => now);
  reporter.stageStarted({ ...start, steps: 250 });
  for (let step = 1; step <= 250; step += 1) reporter.stepped({ ...report, step, steps: 250, losses: {} });
  now = 65_000;
  reporter.message("warning", "slow");
  reporter.checkpointWritten("runs/a/checkpoints/x.safetensors");
  reporter.stageFinished({ stage: "represent", step: 250, steps: 250 });
  reporter.runFinished({ directory: "runs/a" });
  t.deepEqual(lines.map((line) => line.split("  ").slice(0, 2).join(" ")), [
    "represent: 250 steps of 64 images",
    "represent 1/250",
    "represent 100/250",
    "represent 200/250",
    "represent 250/250",
    "warning: slow",
    "checkpoint runs/a/checkpoints/x.safetensors",
    "represent: 250 of 250 steps done, 1:05",
    "run runs/a",
  ]);
});

test("JSON lines are objects that a program can read, one a line, NaN included", (t) => {
  const lines: string[] = [];
  const reporter = jsonReporter((line) => lines.push(line));
  reporter.stageStarted({ ...start, step: 100 });
  reporter.stepped({ ...report, step: 150 });
  reporter.stepped({ ...report, step: 200, losses: { kl: Number.NaN } });
  reporter.message("info", "two\nlines");
  reporter.pictureWritten("images/a.png");
  reporter.runFinished({ directory: "runs/a" });
  t.true(lines.every((line) => !line.includes("\n")));
  t.deepEqual(lines.map((line) => JSON.parse(line) as unknown), [
    { event: "stageStarted", ...start, step: 100 },
    { event: "stepped", ...report, step: 200, losses: { kl: "NaN" } },
    { event: "message", level: "info", text: "two\nlines" },
    { event: "pictureWritten", path: "images/a.png" },
    { event: "runFinished", directory: "runs/a" },
  ]);
});

test("the terminal shows one line that is redrawn, at most ten times a second", (t) => {
  const screen = new Screen();
  let now = 0;
  const reporter = new TerminalReporter(screen, () => now);
  reporter.stageStarted(start);
  const before = screen.writes;
  for (let step = 1; step <= 1000; step += 1) {
    now += 1;
    reporter.stepped({ ...report, step });
  }
  t.is(screen.writes - before, 10);
  t.deepEqual(screen.lines, [progressLine({ ...report, step: 1000 }, 59)]);
  t.false(screen.cursorShown);
  reporter.runFinished({ directory: "runs/a" });
  t.true(screen.cursorShown);
});

test("messages and pictures stand above the line, and its end stays on the screen", (t) => {
  const screen = new Screen();
  let now = 0;
  const reporter = new TerminalReporter(screen, () => now);
  reporter.stageStarted(start);
  reporter.message("warning", "one checkpoint is damaged");
  now = 83_000;
  reporter.stepped(report);
  reporter.pictureWritten("runs/a/images/samples.png");
  reporter.stageFinished({ stage: "represent", step: 10_000, steps: 10_000 });
  reporter.runFinished({ directory: "runs/a" });
  t.deepEqual(screen.lines, [
    "warning: one checkpoint is damaged",
    "picture runs/a/images/samples.png",
    progressLine({ ...report, step: 10_000, etaSeconds: 0 }, 59),
    "represent: 10000 of 10000 steps done, 1:23",
    "run runs/a",
    "",
  ]);
});

test("losses that were left on the device do not blank those shown before", (t) => {
  const screen = new Screen();
  screen.columns = 100;
  let now = 0;
  const reporter = new TerminalReporter(screen, () => now);
  reporter.stageStarted(start);
  now = 200;
  reporter.stepped(report);
  now = 400;
  reporter.stepped({ ...report, step: 4201, losses: {} });
  t.regex(screen.lines[0] ?? "", /4201.*reconstruction 41\.2/);
  reporter.runFinished({ directory: "" });
});

test("a failure gives the cursor back, leaves the line, and says nothing that the error says", (t) => {
  const screen = new Screen();
  const listening = process.listenerCount("exit");
  const failure = { directory: "runs/a", code: "DIVERGED", message: "NaN", exit: 5 } as const;
  let now = 0;
  const reporter = new TerminalReporter(screen, () => now);
  reporter.stageStarted(start);
  now = 200;
  reporter.stepped(report);
  reporter.runFailed();
  t.deepEqual(screen.lines, [progressLine(report, 59), ""]);
  t.true(screen.cursorShown);
  t.is(process.listenerCount("exit"), listening);
  const lines: string[] = [];
  plainReporter((line) => lines.push(line)).runFailed(failure);
  t.deepEqual(lines, []);
  jsonReporter((line) => lines.push(line)).runFailed(failure);
  t.deepEqual(JSON.parse(lines.join("")), { event: "runFailed", ...failure });
});

test("a narrower window leaves no rest of the wider line", (t) => {
  const screen = new Screen();
  screen.columns = 120;
  let now = 0;
  const reporter = new TerminalReporter(screen, () => now);
  reporter.stageStarted(start);
  reporter.message("info", "above");
  now = 200;
  reporter.stepped(report);
  screen.narrow(50);
  t.deepEqual(screen.lines, ["above", progressLine(report, 49)]);
  reporter.runFinished({ directory: "" });
  t.is(screen.listenerCount("resize"), 0);
});

test("an exit in the middle of a stage gives the cursor back", (t) => {
  const screen = new Screen();
  const listening = process.listenerCount("exit");
  const reporter = new TerminalReporter(screen, () => 0);
  reporter.stageStarted(start);
  t.is(process.listenerCount("exit"), listening + 1);
  (process.listeners("exit").at(-1) as () => void)();
  t.true(screen.cursorShown);
  reporter.runFinished({ directory: "" });
  t.is(process.listenerCount("exit"), listening);
});

test("the reporter fits the stream: a bar on a terminal, lines elsewhere, JSON when asked for", (t) => {
  t.true(createReporter({ stream: Object.assign(new PassThrough(), { isTTY: true }) }) instanceof TerminalReporter);
  for (const [json, expected] of [[false, "hello\n"], [true, '{"event":"message","level":"info","text":"hello"}\n']] as const) {
    for (const isTTY of json ? [true, false] : [false]) {
      const stream = Object.assign(new PassThrough(), { isTTY });
      createReporter({ json, stream }).message("info", "hello");
      t.is(String(stream.read()), expected);
    }
  }
});

test("a reader that goes away does not end the training", (t) => {
  const stream = new PassThrough();
  const reporter = createReporter({ json: true, stream });
  t.notThrows(() => stream.emit("error", Object.assign(new Error("EPIPE"), { code: "EPIPE" })));
  t.notThrows(() => reporter.message("info", "still here"));
});

test("preparing data is a bar on a terminal, and a line now and then elsewhere, the last one always", (t) => {
  let time = 0;
  const now = (): number => time;
  const screen = new Screen();
  const lines: string[] = [];
  const objects: unknown[] = [];
  const reporters = [new TerminalReporter(screen, now), plainReporter((line) => lines.push(line), now), jsonReporter((line) => objects.push(JSON.parse(line)), now)];
  const tell = reporters.map((reporter) => preparationOf(reporter, now));
  for (let done = 0; done < 2000; done += 100) {
    for (const each of tell) each("pictures prepared", done, 2000);
    if (done === 1000) t.regex(screen.lines[0] ?? "", /^pictures prepared {2}█{12}░{12} {2}1000\/2000 {3}50/);
    time += 1000;
  }
  for (const each of tell) each("pictures prepared", 2000, 2000);
  t.deepEqual(screen.lines, ["2000 pictures prepared", ""]);
  t.deepEqual(lines, ["1000 of 2000 pictures prepared", "2000 of 2000 pictures prepared"]);
  t.deepEqual(objects, [1000, 2000].map((done) => ({ event: "prepared", what: "pictures prepared", done, count: 2000, imagesPerSecond: 100 })));
});

test("a command without a bar tells a long preparation in lines, and a short one not at all", (t) => {
  let time = 0;
  const lines: string[] = [];
  const progress = toldPreparation((level, text) => lines.push(`${level}: ${text}`), () => time);
  for (let done = 0; done <= 12; done += 1) {
    progress("images prepared", done, 12);
    if (done === 4) t.deepEqual(lines, []);
    time += 1000;
  }
  t.deepEqual(lines, ["info: 5 of 12 images prepared", "info: 10 of 12 images prepared"]);
});
