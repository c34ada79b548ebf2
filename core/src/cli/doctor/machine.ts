import { readFileSync } from "node:fs";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { satisfies } from "semver";
import { coreVersion } from "../../config/core-version.js";

/** What the machine is, and whether its Node suits. */
export interface Machine {
  readonly core: string;
  readonly node: { readonly version: string; readonly wanted: string; readonly suits: boolean };
  readonly tfjs: string;
  readonly platform: string;
  readonly cpu: { readonly model: string; readonly threads: number };
  readonly memoryGiB: { readonly total: number; readonly free: number };
}

export async function describeMachine(): Promise<Machine> {
  const { engines } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as { readonly engines: { readonly node: string } };
  const { version } = await import("@tensorflow/tfjs");
  return {
    core: coreVersion,
    node: { version: process.versions.node, wanted: engines.node, suits: satisfies(process.versions.node, engines.node) },
    tfjs: version.tfjs,
    platform: `${process.platform} ${process.arch}`,
    cpu: { model: cpus()[0]?.model.trim() ?? "unknown", threads: availableParallelism() },
    memoryGiB: { total: gibibytes(totalmem()), free: gibibytes(freemem()) },
  };
}

function gibibytes(bytes: number): number {
  return Math.round((bytes / 2 ** 30) * 10) / 10;
}
