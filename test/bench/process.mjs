import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A process that answers lines with lines of JSON: see contestant.mjs and peers/idgan_torch.py. */
export class Contestant {
  facts = {};
  rounds = [];
  peakMiB = 0;
  error = undefined;
  #child;
  #answers;
  #errors = "";

  constructor(name, command, args) {
    this.name = name;
    this.command = command;
    this.args = args;
  }

  /** Starts it, and lets it do `calls` that do not count. */
  async start(calls) {
    await this.begin();
    await this.ask(String(calls));
  }

  /** Starts it, and hears what it is. */
  async begin() {
    this.#child = spawn(this.command, this.args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.on("error", (error) => (this.error ??= error.message));
    this.#child.stdin.on("error", () => {});
    this.#child.stderr.on("data", (chunk) => (this.#errors += chunk));
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    const facts = await this.#answer();
    if (facts) this.facts = facts;
  }

  async round(calls) {
    const answer = await this.ask(String(calls));
    if (answer) this.rounds.push(answer);
  }

  async ask(line) {
    if (this.error) return undefined;
    this.#child.stdin.write(`${line}\n`);
    return this.#answer();
  }

  async end() {
    const answer = await this.ask("end");
    if (answer) this.peakMiB = answer.peakMiB;
    this.#child.stdin.end();
  }

  /** The next line of JSON; other lines are somebody's notice. */
  async #answer() {
    for (;;) {
      const { value, done } = await this.#answers.next();
      if (done) {
        this.error ??= this.#errors.trim().split("\n").at(-1) || "it ended without a word";
        return undefined;
      }
      if (value.startsWith("{")) return JSON.parse(value);
    }
  }
}
