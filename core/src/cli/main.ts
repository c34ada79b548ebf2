import { CommanderError } from "commander";
import { errorCodes, exitCodes } from "../contract/error-codes.js";
import { IdganError, messageOf } from "../contract/error.js";
import { createProgram } from "./program.js";

/** Runs the `idgan` command and returns its exit status; what goes wrong is told on standard error. */
export async function main(args: readonly string[]): Promise<number> {
  let unwritten: Error | undefined;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // `idgan config x | head` is no failure.
    if (error.code !== "EPIPE") unwritten = error;
  });
  try {
    await createProgram().parseAsync(args, { from: "user" });
    await new Promise((written) => process.stdout.write("", written));
    if (unwritten === undefined) return exitCodes.done;
    process.stderr.write(`error: standard output could not be written: ${unwritten.message}\n`);
    return exitCodes.failure;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    }
    process.stderr.write(`${explain(error)}\n`);
    return error instanceof IdganError ? error.exitCode : exitCodes.failure;
  }
}

/** `error CODE: message`, the remedy where the message gives none, and where it was thrown for those who ask with DEBUG=idgan. */
function explain(error: unknown): string {
  const code = error instanceof IdganError ? error.code : "INTERNAL";
  const message = messageOf(error);
  const lines = [`error ${code}: ${message}`];
  // A message of more than one sentence ends with advice of its own, nearer to the case than the table's.
  if (code === "INTERNAL" || !/[.?!]["'`)]?\s+\S/.test(message)) lines.push(`  ${errorCodes[code].remedy}`);
  const wantsStack = (process.env["DEBUG"] ?? "").split(",").includes("idgan");
  if (wantsStack) {
    for (let at: unknown = error; at instanceof Error; at = at.cause) {
      lines.push(at.stack ?? at.message);
    }
  } else if (code === "INTERNAL") {
    lines.push("  DEBUG=idgan shows where it was thrown.");
  }
  return lines.join("\n");
}
