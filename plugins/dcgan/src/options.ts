import { boolean, oneOf, positiveInteger, type Options } from "@idgan/core";

export interface DcganOptions {
  readonly architecture: "official" | "dcgan";
  readonly initialisation: "he" | "official";
  readonly width: number;
  readonly batchNorm: boolean;
}

export const options: Options<DcganOptions> = {
  architecture: {
    doc: "`official`: the pair that ID-GAN's authors train on dSprites; `dcgan`: Radford 2016.",
    format: oneOf("official", "dcgan"),
    default: "official",
  },
  initialisation: {
    doc: "First weights of the `official` pair: `he`, N(0, sqrt(2 / fan-in)) (He 2015), or `official`, N(0, 0.02); `dcgan` has Radford's own.",
    format: oneOf("he", "official"),
    default: "he",
  },
  width: {
    doc: "Channels beside the image in `dcgan`, doubled at each halving up to eight times as many (the authors' code takes 128).",
    format: positiveInteger,
    default: 128,
  },
  batchNorm: {
    doc: "Batch norm in `dcgan`. It takes the statistics of the batch at hand, in sampling too, so an image depends a little on its batch.",
    format: boolean,
    default: true,
  },
};
