import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { resolveRun, silentReporter, train, type UserConfig } from "@idgan/core";

/** The workspace's root: where presets and plugins are installed. */
export const workspace = fileURLToPath(new URL("../..", import.meta.url));

/** `--set` values that make `quickstart` a run of seconds: 8x8 sprites, three latents, and pictures only at the ends. */
export const tiny: readonly string[] = [
  "vae.size=8",
  "gan.size=8",
  "vae.latentDim=3",
  "gan.nuisanceDim=2",
  "represent.steps=12",
  "represent.batch=8",
  "synthesise.steps=12",
  "synthesise.batch=8",
  "record.log=4",
  "record.checkpoint=5",
  "record.pictures=1000",
];

/** A new empty folder under the system's temporary one. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "idgan-test-"));
}

export interface Asked {
  readonly out?: string;
  readonly resume?: boolean;
  readonly set?: readonly string[];
  readonly config?: UserConfig;
  readonly signal?: AbortSignal;
  readonly seed?: number;
}

/** Trains the tiny run and returns its directory. */
export async function trained({ out = join(temporaryFolder(), "run"), resume = false, set = [], config, signal, seed }: Asked = {}): Promise<string> {
  const source = { config: config ?? "quickstart", set: [...tiny, ...set], cwd: workspace, ...(seed === undefined ? {} : { seed }) };
  const resolved = await resolveRun(source);
  await train(resolved, { out, resume, reporter: silentReporter, signal: signal ?? new AbortController().signal });
  return out;
}

let shared: Promise<string> | undefined;

/** The tiny run as it ends when nothing disturbs it; made once, and only read. */
export function undisturbed(): Promise<string> {
  shared ??= trained();
  return shared;
}

/** A copy of the undisturbed run, to do things to. */
export async function copied(): Promise<string> {
  const out = join(temporaryFolder(), "run");
  cpSync(await undisturbed(), out, { recursive: true });
  return out;
}

/** SHA-256 of each checkpoint of a run, by file name. */
export function checkpointHashes(directory: string): Record<string, string> {
  const folder = join(directory, "checkpoints");
  return Object.fromEntries(readdirSync(folder).sort().map((name) => [name, createHash("sha256").update(readFileSync(join(folder, name))).digest("hex")]));
}
