import type { Codes, DrawnLatents, Measurement } from "@idgan/core";
import { openSources, readImages, type Source } from "./source.js";

/** The codes that drove a source, and what the encoder reads in its images. */
export interface Reading extends DrawnLatents {
  readonly source: Source;
  readonly read: Codes;
}

/**
 * One reading a source, the judged generator's first. Kept until the evaluation ends, since three scores are made of them: a reading of 10,000 images
 * of ten latents is a megabyte.
 */
export function readSources(measurement: Measurement, images: number): Promise<readonly [Reading, ...Reading[]]> {
  return measurement.remember(`metrics-distillation/${measurement.seed}/${images}/${measurement.others.map(({ name }) => name).join("|")}`, async () => {
    const [own, ...baselines] = await openSources(measurement);
    const readings: [Reading, ...Reading[]] = [await readOne(measurement, own, images)];
    for (const source of baselines) readings.push(await readOne(measurement, source, images));
    return readings;
  });
}

async function readOne({ track }: Measurement, source: Source, images: number): Promise<Reading> {
  const drawn = await source.draw(images, "codes");
  const s = source.nuisanceDim === 0 ? new Float32Array() : drawn.s;
  const read = await track(`codes of ${source.name}`, images, (advance) => readImages(source, s, drawn.c, advance));
  return { ...drawn, s, source, read };
}
