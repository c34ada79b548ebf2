import { execFile } from "node:child_process";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import { promisify } from "node:util";

/** What the run knows of itself; the rest of an {@link Environment} is asked of the machine. */
export interface Software {
  readonly coreVersion: string;
  /** Version of each plugin by its name. */
  readonly plugins: Readonly<Record<string, string>>;
  /** The engine's own description. */
  readonly engine: string;
  /** What the VAE's terms sum and average, without which their weights mean nothing. */
  readonly lossConvention: string;
}

/** Where and with what a run was started. It holds no environment variables, user names or addresses. */
export interface Environment extends Software {
  readonly time: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: { readonly model: string; readonly count: number };
  readonly memoryGiB: number;
  /** Of the repository around the working directory, if there is one. */
  readonly git?: { readonly commit: string; readonly changed: boolean };
}

export async function describeEnvironment(software: Software, folder = process.cwd()): Promise<Environment> {
  const git = await describeRepository(folder);
  return {
    time: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch} ${release()}`,
    cpu: { model: cpus()[0]?.model.trim() ?? "unknown", count: availableParallelism() },
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    ...software,
    ...(git === undefined ? {} : { git }),
  };
}

/** Undefined outside of a repository, and where git is not installed. */
async function describeRepository(folder: string): Promise<Environment["git"]> {
  const git = async (...command: string[]): Promise<string> => (await promisify(execFile)("git", ["-C", folder, ...command], { timeout: 5000 })).stdout.trim();
  try {
    const commit = await git("rev-parse", "HEAD");
    return { commit, changed: (await git("status", "--porcelain", "--untracked-files=no")) !== "" };
  } catch {
    return undefined;
  }
}
