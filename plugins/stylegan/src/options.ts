import { defineOptions, format, fraction, integerFrom, nonNegative, oneOf, positiveInteger, type Format } from "@idgan/core";

/** A number for each of some resolutions, such as `{ "64": 32 }`. */
export type ByResolution = Readonly<Record<string, number>>;

const byResolution: Format<ByResolution> = format(
  'a table of numbers above 0 by resolution, such as { "64": 32 }',
  (value) => typeof value === "object" && value !== null && !Array.isArray(value) && Object.entries(value).every(([key, number]) => /^[1-9]\d*$/.test(key) && typeof number === "number" && Number.isFinite(number) && number > 0),
);

export const options = defineOptions({
  architecture: {
    doc: "`style`: StyleGAN (Karras 2019); `progressive`: the progressive GAN before it (Karras 2018), whose generator takes z at its first layer, without styles, noise and blur.",
    format: oneOf("style", "progressive"),
    default: "style",
  },
  loss: {
    doc: "`logistic`: non-saturating, with core's R1 (StyleGAN); `wasserstein`: WGAN-GP with a gradient penalty of 10 and a drift term of 1e-3 (Karras 2018), to be used with an `r1Weight` of 0.",
    format: oneOf("logistic", "wasserstein"),
    default: "logistic",
  },
  width: { doc: "Channels are 2 * width / resolution, up to `maxWidth`; the official 8192 gives 16 at 1024 pixels.", format: positiveInteger, default: 8192 },
  maxWidth: { doc: "Most channels of any layer.", format: positiveInteger, default: 512 },
  styleDim: { doc: "Dimensions of w, the style that the mapping network makes of (s, c).", format: positiveInteger, default: 512 },
  mappingLayers: { doc: "Dense layers of the mapping network.", format: positiveInteger, default: 8 },
  constant: {
    doc: "How the synthesis network's learned constant begins: `ones` (Karras 2019, appendix C), or `normal`, as in StyleGAN2, whose layers tell places apart from the first update on.",
    format: oneOf("ones", "normal"),
    default: "ones",
  },
  mixing: { doc: "How often an image of the training takes its finer layers' style from another s, of the same c (Karras 2019, section 3.1).", format: fraction, default: 0.9 },
  truncation: {
    doc: "Mean that truncation in sampling goes to: `code`, of w over s for the image's own c, or `overall`, the running mean over all s and c, as in the official code.",
    format: oneOf("code", "overall"),
    default: "code",
  },
  minibatchGroup: { doc: "Images whose standard deviation the discriminator is told (Karras 2018, section 3); 1 leaves it out.", format: positiveInteger, default: 4 },
  firstResolution: { doc: "Height and width at which growing begins, a power of two from 4 up; the image's own for a GAN that does not grow.", format: integerFrom(4), default: 8 },
  stableImages: { doc: "Images shown to the discriminator at each size before it doubles.", format: positiveInteger, default: 600_000 },
  fadeImages: { doc: "Images over which the layers of a new size fade in; 0 adds them at once.", format: nonNegative, default: 600_000 },
  batches: { doc: "Images in one update by resolution; `synthesise.batch` for those that it leaves out below and above.", format: byResolution, default: {} as ByResolution },
  learningRates: {
    doc: "Factors of both learning rates by resolution; 1 for those that it leaves out below and above.",
    format: byResolution,
    default: { 128: 1.5, 256: 2, 512: 3, 1024: 3 } as ByResolution,
  },
});

export interface StyleGanOptions {
  readonly architecture: "style" | "progressive";
  readonly loss: "logistic" | "wasserstein";
  readonly width: number;
  readonly maxWidth: number;
  readonly styleDim: number;
  readonly mappingLayers: number;
  readonly constant: "ones" | "normal";
  readonly mixing: number;
  readonly truncation: "code" | "overall";
  readonly minibatchGroup: number;
  readonly firstResolution: number;
  readonly stableImages: number;
  readonly fadeImages: number;
  readonly batches: ByResolution;
  readonly learningRates: ByResolution;
}
