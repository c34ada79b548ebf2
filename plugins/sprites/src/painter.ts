// Color-, Noisy- and Scream-dSprites by their two published rules: disentanglement_lib's (Locatello et al., ICML 2019,
// https://arxiv.org/abs/1811.12359, data/ground_truth/dsprites.py) and the official ID-GAN code's (github.com/1Konny/idgan, class CustomTensorDataset).
import { createStream } from "@idgan/core";
import type { Backdrop } from "./backdrop.js";

export const variants = ["plain", "color", "noisy", "scream"] as const;
export type Variant = (typeof variants)[number];

export const rules = ["locatello2019", "official"] as const;
export type Rule = (typeof rules)[number];

/** How a mask becomes a picture of three channels. */
export interface Painter {
  /** Paints image `index`, whose mask `[pixels]` this is, into the `[pixels, 3]` at `offset` of `target`. */
  paint(mask: Float32Array, index: number, target: Float32Array, offset: number): void;
}

/** Levels that the official code picks a colour's channels from: 0, 1/7, …, 1. */
const levels = 8;
const channels = 3;

/** A colour for each image: every channel uniform in [0.5, 1), or one of eight levels from 0, by which a sprite may be black. */
export function colorPainter(rule: Rule, draw: number): Painter {
  const stream = createStream(draw, "sprites/color");
  return {
    paint(mask, index, target, offset) {
      const drawn = rule === "official" ? stream.integers(index, channels, levels) : stream.uniform(index, channels);
      const color = Array.from(drawn, (value) => (rule === "official" ? value / (levels - 1) : 0.5 + value / 2));
      for (let i = 0; i < mask.length; i += 1) {
        const covered = mask[i] as number;
        for (let channel = 0; channel < channels; channel += 1) {
          target[offset + i * channels + channel] = covered * (color[channel] as number);
        }
      }
    },
  };
}

/** Uniform noise for each pixel and channel: added and cut at 1, or in place of what is 0. On masks of 0 and 1 both rules paint the same picture. */
export function noisyPainter(rule: Rule, draw: number): Painter {
  const stream = createStream(draw, "sprites/noise");
  return {
    paint(mask, index, target, offset) {
      const noise = stream.uniform(index, mask.length * channels);
      for (let i = 0; i < noise.length; i += 1) {
        const covered = mask[(i / channels) | 0] as number;
        const drawn = noise[i] as number;
        target[offset + i] = rule === "official" ? covered || drawn : Math.min(1, covered + drawn);
      }
    },
  };
}

/** A random patch of a picture, averaged with a random colour; the sprite shows its negative. Both rules are the same. */
export function screamPainter(backdrop: Backdrop, size: number, draw: number): Painter {
  const tints = createStream(draw, "sprites/scream-tint");
  const columns = createStream(draw, "sprites/scream-column");
  const rows = createStream(draw, "sprites/scream-row");
  return {
    paint(mask, index, target, offset) {
      const tint = tints.uniform(index, channels);
      const [left = 0] = columns.integers(index, 1, backdrop.width - size + 1);
      const [top = 0] = rows.integers(index, 1, backdrop.height - size + 1);
      for (let i = 0; i < mask.length; i += 1) {
        const covered = mask[i] as number;
        const from = ((top + ((i / size) | 0)) * backdrop.width + left + (i % size)) * channels;
        for (let channel = 0; channel < channels; channel += 1) {
          const ground = ((backdrop.pixels[from + channel] as number) / 255 + (tint[channel] as number)) / 2;
          target[offset + i * channels + channel] = (1 - covered) * ground + covered * (1 - ground);
        }
      }
    },
  };
}
