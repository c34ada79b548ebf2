import type { Image } from "./image.js";
import { drawTable } from "./table.js";

/** One latent swept over a range of values, all else held still. */
export interface TraversalRow {
  /** Such as `c3`. */
  readonly label: string;
  /** Mean KL divergence of this latent from its prior, in nats: how much it says. */
  readonly kl: number;
  readonly images: readonly Image[];
}

/** A row a latent, the one with the largest KL first and the KL beside it; `values` stand above the columns. */
export function traversalPicture(rows: readonly TraversalRow[], values: readonly number[], title = ""): Image {
  const sorted = [...rows].sort((a, b) => b.kl - a.kl);
  const longest = Math.max(0, ...rows.map(({ label }) => label.length));
  const digits = Math.max(0, ...rows.map(({ kl }) => kl.toFixed(2).length));
  return drawTable({
    title,
    headings: values.map(formatValue),
    rows: sorted.map(({ label, kl, images }) => ({ label: `${label.padEnd(longest)}  KL ${kl.toFixed(2).padStart(digits)}`, images })),
  });
}

/** `-3`, `0`, `+1.5`. */
function formatValue(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return rounded > 0 ? `+${rounded}` : String(rounded);
}
