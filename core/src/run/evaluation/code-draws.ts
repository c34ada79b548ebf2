import type { CodeDraw, DrawnCodes, DrawRequest, Subject } from "../../contract/subject.js";
import { createStream } from "../../ops/random/stream.js";

/** Codes drawn for a subject: images uniformly and with replacement, then q(c|x) of each. */
export async function drawCodes({ dataset, latentDim, encode }: Pick<Subject, "dataset" | "latentDim" | "encode">, { count, seed, name }: DrawRequest, code: CodeDraw): Promise<DrawnCodes> {
  const epsilon = (): Float32Array => createStream(seed, `evaluation/${name}/code`).normal(0, count * latentDim);
  if (code === "prior") return { c: epsilon() };
  const indices = createStream(seed, `evaluation/${name}/images`).integers(0, count, dataset.size);
  const { mean, logVar } = await encode(indices);
  if (code === "mean") return { c: mean, indices };
  const noise = epsilon();
  return { c: mean.map((value, i) => value + Math.exp((logVar[i] ?? 0) / 2) * (noise[i] ?? 0)), indices };
}

/** s of N(0, I), `[count, nuisanceDim]`, apart from every code. */
export function drawNuisance(nuisanceDim: number, { count, seed, name }: DrawRequest): Float32Array {
  return createStream(seed, `evaluation/${name}/nuisance`).normal(0, count * nuisanceDim);
}
