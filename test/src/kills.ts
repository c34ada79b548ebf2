import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { tiny, workspace } from "./tiny-run.js";

/** The file behind `idgan`. */
const bin = join(workspace, "core", "bin", "idgan.js");

/** A moment of a run: after this update of this stage was reported. */
export interface Moment {
  readonly stage: string;
  readonly step: number;
}

/** What is trained: a preset, and `--set` values beside those of the tiny run. */
export interface Subject {
  readonly preset: string;
  readonly set: readonly string[];
}

/** Two stages without growth. */
const plain: Subject = { preset: "quickstart", set: [] };

/** Stage 2 grows from 8 to 16 pixels: updates 1 to 5 at 8, 6 to 8 while the 16 fade in, 9 to 12 at 16. */
export const growing: Subject = {
  preset: "stylegan-sprites",
  set: ["gan.size=16", "gan.options.width=16", "gan.options.styleDim=4", "gan.options.stableImages=32", "gan.options.fadeImages=32", "gan.options.batches={}"],
};

/**
 * Trains the tiny run in `out` by the command, in a process of its own, and kills that process (SIGKILL) once it has reported `moment`.
 * Returns whether it was killed; without a moment, or with one that has passed, it runs to its end.
 */
export function trainByCommand(out: string, options: { readonly resume: boolean; readonly killAt?: Moment; readonly subject?: Subject }): Promise<boolean> {
  const { resume, killAt, subject = plain } = options;
  const settings = [...tiny, "record.log=1", ...subject.set].flatMap((setting) => ["--set", setting]);
  const child = spawn(process.execPath, [bin, "train", subject.preset, "--out", out, "--json", ...(resume ? ["--resume"] : []), ...settings], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { event, stage, step } = JSON.parse(line) as { readonly event: string; readonly stage?: string; readonly step?: number };
    if (event === "stepped" && stage === killAt?.stage && step === killAt?.step) child.kill("SIGKILL");
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(false);
      else if (signal === "SIGKILL") resolve(true);
      else reject(new Error(`idgan train ended with ${code ?? signal}: ${errors}`));
    });
  });
}
