import { IdganError, roomFor, unitSpace, type DataContext, type Dataset } from "@idgan/core";
import { drawTexture, readBackdrop, type Backdrop } from "./backdrop.js";
import { grid } from "./factors.js";
import type { Frames } from "./frames.js";
import { colorPainter, noisyPainter, screamPainter, type Painter, type Rule, type Variant } from "./painter.js";
import { readRealFrames } from "./real-frames.js";
import { referenceSize, renderFrames } from "./rendered-frames.js";

export interface SpritesOptions {
  readonly path: string | null;
  readonly cache: string | null;
  readonly antialias: boolean;
  readonly variant: Variant;
  readonly rule: Rule;
  readonly scream: string | null;
  readonly draw: number;
}

/** Goes into the fingerprint of variants: raise it when any of their pixels would change. */
const version = 1;

/** 737,280 images with their factors: `[size, size, 1]` of the plain sprites, `[size, size, 3]` of a variant. */
export async function openSprites(options: SpritesOptions, context: Pick<DataContext, "size">): Promise<Dataset> {
  const frames = options.path === null ? renderFrames(context.size, options.antialias) : await openReal(options.path, options, context.size);
  try {
    return await paint(frames, options);
  } catch (error) {
    await frames.close?.();
    throw error;
  }
}

async function openReal(path: string, { antialias, cache }: SpritesOptions, size: number): Promise<Frames> {
  if (size !== referenceSize) {
    throw new IdganError("CONFIG_VALUE", `The real dSprites have ${referenceSize} pixels, and the run asks for ${size}. Set vae.size and gan.size to ${referenceSize}, or the data's option \`path\` to null for rendered sprites.`);
  }
  if (antialias) throw new IdganError("CONFIG_VALUE", "The real dSprites have hard edges. Set the data's option `antialias` to false, or `path` to null for rendered sprites.");
  return await readRealFrames({ path, cache });
}

async function paint(frames: Frames, options: SpritesOptions): Promise<Dataset> {
  if (options.variant === "plain") return plainSprites(frames);
  const backdrop = options.variant === "scream" ? await openBackdrop(options.scream, frames.size) : undefined;
  return paintedSprites(frames, options, backdrop);
}

/** The plain sprites, drawn at `size` pixels. */
export function createSprites({ antialias }: Pick<SpritesOptions, "antialias">, size: number): Dataset {
  return plainSprites(renderFrames(size, antialias));
}

async function openBackdrop(file: string | null, size: number): Promise<Backdrop> {
  return file === null ? drawTexture(size) : await readBackdrop(file, size);
}

function plainSprites(frames: Frames): Dataset {
  return {
    name: frames.real ? "dSprites (the real images)" : "sprites (rendered, dSprites-compatible)",
    image: unitSpace(frames.size, 1),
    fingerprint: frames.fingerprint,
    ...known,
    batch: async (indices, _draw, into) => await frames.read(indices, into),
    ...closing(frames),
  };
}

function paintedSprites(frames: Frames, { variant, rule, draw }: SpritesOptions, backdrop: Backdrop | undefined): Dataset {
  const painter = painterOf(variant, rule, frames.size, draw, backdrop);
  const pixels = frames.size ** 2;
  return {
    name: nameOf(frames, variant, rule, backdrop),
    image: unitSpace(frames.size, 3),
    fingerprint: [frames.fingerprint, `variant=${variant}/${version}`, ...(variant === "scream" ? [] : [`rule=${rule}`]), `draw=${draw}`, ...(backdrop ? [`backdrop=${backdrop.hash}`] : [])].join(" "),
    notes: backdrop?.given === false ? ["No picture was given for the backgrounds: they are cut from a procedural texture, not from The Scream."] : [],
    ...known,
    async batch(indices, _draw, into) {
      const masks = await frames.read(indices);
      const images = roomFor(masks.length * 3, into);
      for (let i = 0; i < indices.length; i += 1) {
        painter.paint(masks.subarray(i * pixels, (i + 1) * pixels), indices[i] as number, images, i * pixels * 3);
      }
      return images;
    },
    ...closing(frames),
  };
}

function painterOf(variant: Variant, rule: Rule, size: number, draw: number, backdrop: Backdrop | undefined): Painter {
  if (backdrop !== undefined) return screamPainter(backdrop, size, draw);
  return variant === "color" ? colorPainter(rule, draw) : noisyPainter(rule, draw);
}

/** What reports call it: what was painted, on what, by whose rule. */
function nameOf({ real }: Frames, variant: Variant, rule: Rule, backdrop: Backdrop | undefined): string {
  const byRule = backdrop === undefined ? `, by ${rule === "official" ? "the official code's" : "disentanglement_lib's"} rule` : backdrop.given ? "" : " over a procedural texture";
  const title = `${variant[0]?.toUpperCase()}${variant.slice(1)}`;
  return real ? `${title}-dSprites (the real images${byRule})` : `${title.toLowerCase()} sprites (rendered, dSprites-compatible${byRule})`;
}

function closing({ close }: Frames): Pick<Dataset, "close"> {
  return close === undefined ? {} : { close };
}

const { size, factors, factorValues, indicesOf } = grid;
const known = { size, factors, factorValues, indicesOf } as const;
