// Channels by resolution: `nf` of https://github.com/tkarras/progressive_growing_of_gans (networks.py), which StyleGAN kept.
import { describeSpace, IdganError, type ImageSpace } from "@idgan/core";
import type { StyleGanOptions } from "./options.js";

/** Where both networks are narrowest. */
export const base = 4;

/** Channels of the layers at this resolution; half of it gives those that a discriminator halves to. */
export function channelsAt(resolution: number, { width, maxWidth }: Pick<StyleGanOptions, "width" | "maxWidth">): number {
  return Math.max(1, Math.min(Math.floor((2 * width) / resolution), maxWidth));
}

/** 4, 8, … up to the image's own size. Throws `BACKBONE_INVALID` for images that are no such size, or not in [-1, 1]. */
export function resolutionsOf(image: ImageSpace, firstResolution: number): readonly number[] {
  const doublings = Math.log2(image.height / base);
  const refuse = (why: string): never => {
    throw new IdganError("BACKBONE_INVALID", `@idgan/plugin-stylegan ${why}`);
  };
  if (image.range[0] !== -1 || image.range[1] !== 1) refuse(`makes images in [-1, 1], not ${describeSpace(image)}. Give it a space of that range.`);
  if (image.height !== image.width || !Number.isInteger(doublings) || doublings < 1) {
    refuse(`makes square images of 8, 16, 32 … 1024 pixels, powers of two, not ${describeSpace(image)}. Set gan.size to one of these.`);
  }
  const all = Array.from({ length: doublings + 1 }, (_, i) => base * 2 ** i);
  if (!all.includes(firstResolution)) {
    throw new IdganError("CONFIG_VALUE", `gan.options.firstResolution is ${firstResolution}, and images of ${image.height} pixels grow from one of ${all.join(", ")}. Set it to one of these.`);
  }
  return all;
}

/** Names of an image's two layers and of its 1x1 convolution begin so. */
export function scopeOf(resolution: number): string {
  return `${resolution}x${resolution}`;
}
