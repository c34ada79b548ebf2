import type { ScoreMatrix } from "@idgan/core";

/** Latents as columns are called: c0, c1, … */
export function latentNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, latent) => `c${latent}`);
}

/** A heat map of factors (rows) by latents (columns). */
export function factorMatrix(title: string, factors: readonly string[], values: readonly (readonly number[])[]): ScoreMatrix {
  return { title, rows: factors, columns: latentNames(values[0]?.length ?? 0), values };
}

export function transpose(values: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return (values[0] ?? []).map((_, column) => values.map((row) => row[column] ?? 0));
}

/** How far the greatest of the values stands above the second; with one value, above 0. */
export function gapOf(values: readonly number[]): number {
  const [first = 0, second = 0] = values.toSorted((a, b) => b - a);
  return first - second;
}

/** Where gaps are taken and there is one latent. */
export const oneLatentNote = "There is one latent: the second best of every gap counts as 0.";

/** Where a factor has one value among the images drawn, so that its gap is a definition; nothing where all vary. */
export function oneValueNotes(factors: readonly string[], entropies: readonly number[]): readonly string[] {
  const still = factors.filter((_, factor) => entropies[factor] === 0);
  return still.length > 0 ? [`All images taken have one value of ${still.join(", ")}: the gap counts as 0.`] : [];
}
