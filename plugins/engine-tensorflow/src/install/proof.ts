import { fileURLToPath } from "node:url";
import type { InstallReporter } from "@idgan/core";
import { runCommand, tailOf } from "./command.js";
import { failure } from "./failure.js";

/** Loads the binding in a process of its own, which a crash would end and not this one, and compares a convolution with its sum by hand. */
export async function prove(reporter: InstallReporter): Promise<string> {
  reporter.stage("prove it with a convolution");
  const outcome = await runCommand(process.execPath, [fileURLToPath(new URL("convolution-proof.js", import.meta.url))]);
  const line = outcome.output.trim().split("\n").at(-1) ?? "";
  if (outcome.code === 0 && line.startsWith("TensorFlow ")) return line;
  const illegal = outcome.code === "SIGILL" ? " This processor lacks instructions that the library was built for (AVX): an older release may do without, --release 2.15.1." : "";
  throw failure(`The library and its addon were installed, and fail at their first convolution (${String(outcome.code)}).${illegal}\n${tailOf(outcome)}`);
}
