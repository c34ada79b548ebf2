import { concatenate, repeatRow } from "../latents.js";
import { drawTable, type TableRow } from "../pictures/table.js";
import { imagesOf, type Image } from "../pictures/image.js";
import { samplesPicture } from "../pictures/samples-picture.js";
import type { Studio } from "../studio.js";
import { isSweep, sweepValues, type CodeSetting } from "./code-setting.js";
import { latentsOfSeeds, lerp, rowOf, slerp, withHeld, type Latents } from "./seeded-latents.js";

/** What moves from one image to the other in an interpolation. */
export type Along = "both" | "c" | "s";

/** What a picture of chosen seeds is drawn from. */
export interface SceneSetting {
  readonly studio: Studio;
  readonly seeds: readonly number[];
  readonly settings: readonly CodeSetting[];
  /** Images along a sweep or an interpolation. */
  readonly steps: number;
}

/** An image of each seed, in their order. */
export async function seedSheet({ studio, seeds, settings }: SceneSetting): Promise<Image> {
  const { s, c } = await latentsOfSeeds(studio, seeds);
  return samplesPicture(await render(studio, { s, c: withHeld(c, studio.latentDim, settings) }));
}

/** One latent swept in the image of each seed; or two, down and across, in that of the first. */
export async function sweepPicture({ studio, seeds, settings, steps }: SceneSetting): Promise<Image> {
  const held = settings.filter((setting) => !isSweep(setting));
  const [across, down] = settings.filter(isSweep) as [CodeSetting, CodeSetting?];
  const columns = sweepValues(across, steps);
  const shown = down === undefined ? seeds : seeds.slice(0, 1);
  const { s, c } = await latentsOfSeeds(studio, shown);
  const base = withHeld(c, studio.latentDim, held);
  const rows = down === undefined ? shown.map((seed, row) => ({ label: `seed ${seed}`, row, value: undefined })) : sweepValues(down, steps).map((value) => ({ label: `c${down.latent} ${formatted(value)}`, row: 0, value }));
  const table: TableRow[] = [];
  for (const { label, row, value } of rows) {
    const code = rowOf(base, studio.latentDim, row).slice();
    if (down !== undefined && value !== undefined) code[down.latent] = value;
    const codes = columns.map((column) => code.with(across.latent, column));
    table.push({ label, images: await render(studio, { s: repeatRow(rowOf(s, studio.nuisanceDim, row), steps), c: concatenate(codes) }) });
  }
  const title = down === undefined ? `c${across.latent} from ${formatted(across.from)} to ${formatted(across.to)}` : `seed ${shown[0]}: c${across.latent} across, c${down.latent} down`;
  return drawTable({ title, headings: columns.map(formatted), rows: table });
}

/** From the image of each seed to that of the next: c on a straight line, s on an arc. */
export async function interpolationPicture({ studio, seeds, settings, steps }: SceneSetting, along: Along): Promise<Image> {
  const latents = await latentsOfSeeds(studio, seeds);
  const c = withHeld(latents.c, studio.latentDim, settings);
  const shares = Array.from({ length: steps }, (_, i) => i / (steps - 1));
  const rows: TableRow[] = [];
  for (let row = 0; row + 1 < seeds.length; row += 1) {
    const part = (values: Float32Array, width: number, moves: boolean, way: typeof lerp): Float32Array => {
      const [from, to] = [rowOf(values, width, row), rowOf(values, width, row + 1)];
      return concatenate(shares.map((share) => (moves ? way(from, to, share) : from)));
    };
    const images = await render(studio, { s: part(latents.s, studio.nuisanceDim, along !== "c", slerp), c: part(c, studio.latentDim, along !== "s", lerp) });
    rows.push({ label: `seed ${seeds[row]} to ${seeds[row + 1]}`, images });
  }
  return drawTable({ title: `interpolation of ${along === "both" ? "s and c" : along}`, headings: shares.map((share) => share.toFixed(2)), rows });
}

/** The code of each seed down, the nuisance of each across: what stays along a row is what c says, and down a column what s says. */
export async function mixingPicture({ studio, seeds, settings }: SceneSetting): Promise<Image> {
  const latents = await latentsOfSeeds(studio, seeds);
  const c = withHeld(latents.c, studio.latentDim, settings);
  const rows: TableRow[] = [];
  for (const [row, seed] of seeds.entries()) {
    rows.push({ label: `c of ${seed}`, images: await render(studio, { s: latents.s, c: repeatRow(rowOf(c, studio.latentDim, row), seeds.length) }) });
  }
  return drawTable({ title: "codes c down, nuisances s across", headings: seeds.map((seed) => `s of ${seed}`), rows });
}

/** Images of the seeds down, whose layers from `from` on have the styles of the seeds across; the codes are those of the rows. */
export async function styleMixingPicture({ studio, seeds, settings }: SceneSetting, from: number): Promise<Image> {
  const latents = await latentsOfSeeds(studio, seeds);
  const c = withHeld(latents.c, studio.latentDim, settings);
  const mix = await studio.mixer(from);
  const sources = await render(studio, { s: latents.s, c });
  const rows: TableRow[] = [{ label: "", images: sources, apart: true }];
  for (const [row, seed] of seeds.entries()) {
    const repeated = (values: Float32Array, width: number) => repeatRow(rowOf(values, width, row), seeds.length);
    const images = await mix(repeated(latents.s, studio.nuisanceDim), repeated(c, studio.latentDim), latents.s);
    rows.push({ label: `seed ${seed}`, images: imagesOf(images, { ...studio.ganData.image, range: [0, 1] }), apart: row === 0 });
  }
  return drawTable({ title: `seeds down, with the styles of the seeds across from layer ${from} on`, headings: seeds.map((seed) => `seed ${seed}`), rows });
}

async function render(studio: Studio, { s, c }: Latents): Promise<Image[]> {
  return imagesOf(await studio.generate(s, c), { ...studio.ganData.image, range: [0, 1] });
}

/** `-3`, `0`, `+1.5`. */
function formatted(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return rounded > 0 ? `+${rounded}` : String(rounded);
}
