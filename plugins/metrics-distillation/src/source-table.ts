import type { Score, ScoreMatrix } from "@idgan/core";
import type { Source } from "./source.js";

/** What one source scored: a number for each latent, and their summary. */
export interface SourceRow {
  readonly source: Source;
  readonly latents: readonly number[];
  readonly value: number;
}

type Table = Pick<Score, "parts" | "matrices" | "notes">;

/** Sources under one another, latents side by side; the first row is the run's own. Runs of other sizes of c have rows of their own in `parts` alone. */
export function tableOf(title: string, rows: readonly SourceRow[], summary: string, digits = 3): Table {
  const width = rows[0]?.latents.length ?? 0;
  const fitting = rows.filter(({ latents }) => latents.length === width);
  const matrix: ScoreMatrix = {
    title,
    rows: fitting.map(({ source }) => source.name),
    columns: Array.from({ length: width }, (_, latent) => `c${latent}`),
    values: fitting.map(({ latents }) => latents),
  };
  return {
    parts: Object.fromEntries(rows.flatMap(({ source, latents, value }) => [[source.name, value], [`${source.name}, by latent`, latents]])),
    matrices: [matrix],
    notes: [`${summary}: ${rows.map(({ source, value }) => `${source.name} ${value.toFixed(digits)}`).join("; ")}.`],
  };
}
