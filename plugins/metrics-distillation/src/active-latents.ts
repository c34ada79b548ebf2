import { IdganError, type Subject } from "@idgan/core";
import { mean as averageOf } from "./columns.js";

/** KL in nats above which a latent counts as one that says something of an image, as in UDR (Duan et al. 2020). */
const leastKl = 0.01;
const mostImages = 10_000;

/** Latents whose q(c_i|x) differs from the prior by more than 0.01 nats on the mean over images. */
export function activeLatents(subject: Subject, seed: number): Promise<readonly number[]> {
  const { latentDim } = subject;
  return subject.remember(`metrics-distillation/active/${seed}`, async () => {
    const { indices } = await subject.drawCodes({ count: mostImages, seed, name: "distillation/codes", code: "mean" });
    if (indices === undefined) throw new IdganError("INTERNAL", "A draw of posterior means came without its images.");
    const { mean, logVar } = await subject.encode(indices);
    const sums = new Float64Array(latentDim);
    mean.forEach((m, i) => (sums[i % latentDim]! += 0.5 * (m * m + Math.exp(logVar[i]!) - 1 - logVar[i]!)));
    return Array.from(sums, (sum) => sum / indices.length).flatMap((kl, latent) => (kl > leastKl ? [latent] : []));
  });
}

/** Mean of `latents` over those of the source's encoder that are active; 0 where none is. */
export async function meanOfActive(subject: Subject, seed: number, latents: readonly number[]): Promise<number> {
  const active = await activeLatents(subject, seed);
  return averageOf(active.map((latent) => latents[latent] ?? 0));
}

/** What a score says of the latents that it leaves out. */
export function activityNotes(active: readonly number[], latentDim: number): readonly string[] {
  if (active.length === 0) return [`No latent carries more than ${leastKl} nats of an image: the score is 0.`];
  if (active.length === latentDim) return [];
  return [`The mean is over the ${active.length} of ${latentDim} latents that carry more than ${leastKl} nats of an image: ${active.map((latent) => `c${latent}`).join(", ")}.`];
}
