import { describeSchema } from "../../config/schema.js";
import { IdganError } from "../../contract/error.js";
import { resolveChoice, type RunChoice } from "../run-choice.js";
import { renderKeys } from "../table.js";

/** `idgan config`: the resolved config on standard output, and from which layers on standard error; or the list of keys. */
export async function runConfig(config: string | undefined, options: RunChoice & { readonly keys?: boolean }): Promise<void> {
  if (options.keys) {
    process.stdout.write(`${renderKeys(describeSchema())}\n`);
    return;
  }
  if (config === undefined) {
    throw new IdganError("USAGE", "config: no config was named. Write idgan config <config|preset>, or idgan config --keys for every key.");
  }
  const resolved = await resolveChoice(config, options);
  process.stderr.write(`# layers, the last wins: ${resolved.layers.join(", ")}\n`);
  process.stdout.write(`${JSON.stringify(resolved.config, null, 2)}\n`);
}
