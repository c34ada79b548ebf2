import type { Writable } from "node:stream";
import type { WriteStream } from "node:tty";
import type { Reporter } from "../../run/reporter.js";
import { jsonReporter, plainReporter } from "./line-reporters.js";
import { TerminalReporter } from "./terminal-reporter.js";

export interface ReporterOptions {
  /** One JSON object a line, and nothing else. */
  readonly json?: boolean;
  /** Default: standard output for JSON, standard error for people. */
  readonly stream?: Writable;
}

/** The reporter that fits the stream: JSON lines when asked for, a bar on a terminal, plain lines elsewhere. */
export function createReporter(options: ReporterOptions = {}): Reporter {
  const json = options.json ?? false;
  const stream = options.stream ?? (json ? process.stdout : process.stderr);
  // A reader that went away (`| head`, a closed window) must not end the training.
  stream.on("error", () => undefined);
  if (!json && isTerminal(stream)) return new TerminalReporter(stream);
  const write = (line: string): void => void stream.write(`${line}\n`);
  return json ? jsonReporter(write) : plainReporter(write);
}

function isTerminal(stream: Writable): stream is WriteStream {
  return "isTTY" in stream && stream.isTTY === true && process.env["TERM"] !== "dumb";
}
