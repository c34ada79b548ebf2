// The schedule of https://github.com/NVlabs/stylegan (training/training_loop.py): at each size first `stableImages`, then the next one fades in.
import { IdganError, type Growth, type Phase, type PhaseName } from "@idgan/core";
import type { ByResolution, StyleGanOptions } from "./options.js";

/** Key of a phase whose newest layers are all of the image. */
export function stableKey(resolution: number): string {
  return String(resolution);
}

function fadingKey(resolution: number): string {
  return `${resolution}-fading`;
}

/** Whether the layers of this phase's size are only part of its image. */
export function isFading({ key, resolution }: PhaseName): boolean {
  return key === fadingKey(resolution);
}

type GrowthOptions = Pick<StyleGanOptions, "firstResolution" | "stableImages" | "fadeImages" | "batches" | "learningRates">;

/** Phases from the first resolution to `resolutions`' last. Throws `CONFIG_VALUE` for a table with a hole, or of sizes that there are not. */
export function createGrowth({ firstResolution, stableImages, fadeImages, batches, learningRates }: GrowthOptions, resolutions: readonly number[]): Growth {
  const grown = resolutions.filter((resolution) => resolution >= firstResolution);
  expectTable("batches", batches, resolutions);
  expectTable("learningRates", learningRates, resolutions);
  const fractional = Object.entries(batches).find(([, batch]) => !Number.isSafeInteger(batch));
  if (fractional) throw new IdganError("CONFIG_VALUE", `gan.options.batches: the batch of ${fractional[0]} is ${fractional[1]}. Set it to a whole number of images.`);
  const phaseOf = (resolution: number, key: string, fadeIn: number): Phase => {
    const [batch, rate = 1] = [batches[resolution], learningRates[resolution]];
    return { key, resolution, fadeIn, generatorRate: rate, discriminatorRate: rate, ...(batch === undefined ? {} : { batch }) };
  };
  const cycle = stableImages + fadeImages;
  return {
    phase(imagesShown) {
      const index = Math.min(Math.floor(imagesShown / cycle), grown.length - 1);
      const faded = (imagesShown - index * cycle - stableImages) / fadeImages;
      const [now = firstResolution, next] = grown.slice(index);
      return next === undefined || !(faded > 0) ? phaseOf(now, stableKey(now), 1) : phaseOf(next, fadingKey(next), Math.min(faded, 1));
    },
  };
}

/** Some resolutions in a row, so that nobody has to guess what lies between two of them. */
function expectTable(name: string, table: ByResolution, resolutions: readonly number[]): void {
  const named = Object.keys(table).map(Number).toSorted((a, b) => a - b);
  const refuse = (why: string): never => {
    throw new IdganError("CONFIG_VALUE", `gan.options.${name} ${why}`);
  };
  const foreign = named.find((resolution) => !Number.isInteger(Math.log2(resolution)));
  if (foreign !== undefined) refuse(`names ${foreign}, which is no power of two. The images have ${resolutions.join(", ")} pixels.`);
  const hole = named.find((resolution, i) => i > 0 && resolution !== 2 * (named[i - 1] as number));
  if (hole !== undefined) refuse(`names ${named.join(", ")}, and has nothing for ${hole / 2}, which lies between. Give every resolution from the first to the last that it names.`);
}
