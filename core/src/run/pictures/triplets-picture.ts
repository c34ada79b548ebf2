import type { Image } from "./image.js";
import { drawTable, type TableRow } from "./table.js";

export interface Triplets {
  readonly real: readonly Image[];
  /** The VAE's, of the same code as `generated`. */
  readonly reconstruction: readonly Image[];
  /** The generator's; none in stage 1. */
  readonly generated?: readonly Image[];
}

/** Real, VAE and ID-GAN under each other, a triplet a column, in bands of at most `columns`. */
export function tripletsPicture({ real, reconstruction, generated }: Triplets, columns = 10): Image {
  const rows: TableRow[] = [];
  for (let first = 0; first < real.length; first += columns) {
    const part = (images: readonly Image[]): readonly Image[] => images.slice(first, first + columns);
    rows.push({ label: "real", images: part(real), apart: true });
    rows.push({ label: "VAE", images: part(reconstruction) });
    if (generated) rows.push({ label: "ID-GAN", images: part(generated) });
  }
  return drawTable({ rows });
}
