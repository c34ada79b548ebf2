import type { Image } from "./image.js";
import { drawTable } from "./table.js";

export interface FixedPart {
  /** Real images whose codes are used, one for each code. */
  readonly real: readonly Image[];
  /** By code, then by nuisance: `generated[code][nuisance]`. */
  readonly generated: readonly (readonly Image[])[];
}

/** A row a code c with the real image that it comes from; along the row only s varies. What stays is what c says. */
export function fixedCodePicture({ real, generated }: FixedPart): Image {
  const columns = generated[0]?.length ?? 0;
  return drawTable({
    title: "each row: one code c, varying nuisance s",
    headings: ["real", ...numbered("s", columns)],
    rows: generated.map((images, code) => ({ label: `code ${code + 1}`, images: [...real.slice(code, code + 1), ...images] })),
    firstApart: true,
  });
}

/** A row a nuisance s, under the real images whose codes vary along it. What stays is what s says. */
export function fixedNuisancePicture({ real, generated }: FixedPart): Image {
  const nuisances = generated[0]?.length ?? 0;
  const rows = Array.from({ length: nuisances }, (_, nuisance) => ({
    label: `s ${nuisance + 1}`,
    images: generated.flatMap((row) => row[nuisance] ?? []),
    apart: nuisance === 0,
  }));
  return drawTable({ title: "each row: one nuisance s, varying code c", headings: numbered("code", generated.length), rows: [{ label: "real", images: real }, ...rows] });
}

function numbered(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${letter} ${index + 1}`);
}
