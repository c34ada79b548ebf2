import { IdganError } from "../../contract/error.js";

/** What is done to one latent of every code: held at a value, or swept from one to another. */
export interface CodeSetting {
  /** Counted from 0, as pictures name it: c3. */
  readonly latent: number;
  readonly from: number;
  /** The same as `from` where the latent is held. */
  readonly to: number;
}

/** `c3=1.5` or `c3=-2..2`, as the command line takes it. Throws `USAGE`. */
export function parseCodeSetting(given: string): CodeSetting {
  const [name = "", value = "", ...rest] = given.split("=").map((part) => part.trim());
  const ends = value.split("..").map((end) => (end.trim() === "" ? Number.NaN : Number(end)));
  const [from = Number.NaN, to = from] = ends;
  if (!/^c?\d{1,9}$/.test(name) || rest.length > 0 || ends.length > 2 || !Number.isFinite(from) || !Number.isFinite(to)) {
    throw new IdganError("USAGE", `--code ${given}: a setting is a latent and a value, --code c3=1.5, or a range of values, --code c3=-2..2.`);
  }
  return { latent: Number(name.replace("c", "")), from, to };
}

export function isSweep({ from, to }: CodeSetting): boolean {
  return from !== to;
}

/** Throws `USAGE` for latents that a run does not have or that are set twice, and for more than two sweeps, which no picture has room for. */
export function checkCodeSettings(settings: readonly CodeSetting[], latentDim: number): void {
  for (const [index, { latent }] of settings.entries()) {
    if (latent >= latentDim) throw new IdganError("USAGE", `--code c${latent}: this run has the latents c0 to c${latentDim - 1}.`);
    if (settings.findIndex((other) => other.latent === latent) !== index) throw new IdganError("USAGE", `--code c${latent}: it is set twice.`);
  }
  if (settings.filter(isSweep).length > 2) throw new IdganError("USAGE", "--code: more than two latents are swept, and a picture has two directions. Hold the others at a value.");
}

/** `steps` values from one end to the other. */
export function sweepValues({ from, to }: CodeSetting, steps: number): readonly number[] {
  return Array.from({ length: steps }, (_, i) => (steps === 1 ? from : from + ((to - from) * i) / (steps - 1)));
}
