import { boolean, nonNegative, oneOf, positive, positiveInteger, type Options } from "@idgan/core";

export interface ResnetGanOptions {
  readonly width: number;
  readonly maxWidth: number;
  readonly initialisation: "official" | "he";
  readonly bottleneck: boolean;
  readonly bottleneckInformation: number;
  readonly bottleneckWeight: number;
  readonly bottleneckStep: number;
}

export const options: Options<ResnetGanOptions> = {
  width: {
    doc: "Channels beside the image, doubled at each halving up to `maxWidth` (the authors take 64, and 16 at 1024 pixels).",
    format: positiveInteger,
    default: 64,
  },
  maxWidth: { doc: "Most channels of any layer.", format: positiveInteger, default: 512 },
  initialisation: {
    doc: "First weights: `official`, PyTorch's default, uniform in ±1/sqrt(fan-in), or `he`, N(0, sqrt(2 / fan-in)) with biases of 0 (He 2015).",
    format: oneOf("official", "he"),
    default: "official",
  },
  bottleneck: {
    doc: "Variational discriminator bottleneck (Peng 2019): the discriminator judges noisy features that tell it only so much of an image.",
    format: boolean,
    default: false,
  },
  bottleneckInformation: { doc: "Nats for each position of the 4x4 features that the bottleneck lets through on average, I_c in Peng 2019.", format: positive, default: 0.1 },
  bottleneckWeight: { doc: "Weight of the bottleneck's term in the first update; from then on it follows from how much was let through.", format: nonNegative, default: 0.1 },
  bottleneckStep: { doc: "How far that weight moves in an update for each nat too much or too few.", format: positive, default: 1e-5 },
};
