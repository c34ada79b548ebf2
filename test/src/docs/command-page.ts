import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { exitCodes } from "@idgan/core";
import { root } from "../source-tree.js";
import { renderTable } from "./table.js";

const introduction = `# The command \`idgan\`

It comes with @idgan/core. In a project that has core installed, and in this repository, run it as \`npx idgan …\`.

What the commands find or make (a path, a config, a table) goes to standard output. How a run goes is told on standard error, as a bar on a
terminal and as lines elsewhere; with \`--json\` it is told on standard output, one JSON object a line. Errors go to standard error.

This page is made from the command itself by \`node test/docs/write-reference.mjs\`.
`;

const meanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: "What was asked for is done.",
  failure: "It failed for a reason that has no status of its own; the message says which.",
  usage: "The command line is not understood, or asks for what would overwrite a run.",
  config: "The config, a preset or a plugin cannot be used.",
  data: "Images, a checkpoint or a run directory cannot be used.",
  diverged: "A loss became NaN or infinite; the checkpoints before it are kept.",
  interrupted: "SIGINT or SIGTERM came: the run is saved, and `--resume` goes on with it.",
};

const ending = `
Each [error code](errors.md) belongs to one of them.

## Signals

The first SIGINT (Ctrl-C) or SIGTERM lets the present update end, writes a checkpoint and exits with ${exitCodes.interrupted}. The second ends the process at once, without saving.
A run that was killed outright goes on from its last checkpoint, with the same bytes as a run that was never stopped.
\`idgan evaluate\` stops after the present batch of images, or at once where a metric computes; scores that were finished are saved.

## Environment

- \`IDGAN_…\`: keys of the config, such as \`IDGAN_SEED=7\`; see [config](config.md).
- \`IDGAN_WEIGHTS\`: folder of the published weights that metrics of pictures take.
- \`IDGAN_CACHE\`: folder of what is kept between runs, such as statistics of real images; by default \`idgan\` in the user's cache.
- \`DEBUG=idgan\`: errors show where they were thrown, with their causes.
- \`TERM=dumb\`: plain lines instead of the bar.
`;

/** What a command's \`--help\` prints, by its name; the program's own under the empty name. */
export type HelpTexts = ReadonlyMap<string, string>;

export async function readHelpTexts(): Promise<HelpTexts> {
  const overview = await help();
  const [, listed = ""] = overview.split("\nCommands:\n");
  const names = [...listed.matchAll(/^ {2}([a-z]+) /gm)].flatMap(([, name]) => (name === undefined || name === "help" ? [] : [name]));
  const texts = await Promise.all(names.map(async (name) => [name, await help(name)] as const));
  return new Map([["", overview], ...texts]);
}

/** The text of `docs/reference/cli.md`. */
export async function renderCommandPage(): Promise<string> {
  const texts = await readHelpTexts();
  const commands = [...texts].map(([name, text]) => `\n## ${name === "" ? "Overview" : `idgan ${name}`}\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`);
  const statuses = Object.entries(exitCodes).map(([kind, status]) => [String(status), kind, meanings[kind as keyof typeof exitCodes]]);
  return `${introduction}${commands.join("")}\n## Exit statuses\n\n${renderTable(["status", "kind", "when"], statuses)}\n${ending}`;
}

/** Commander wraps at 80 columns where it does not write to a terminal. */
async function help(...command: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, "core/bin/idgan.js"), ...command, "--help"]);
  return stdout;
}
