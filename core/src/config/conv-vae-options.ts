import type { Options } from "../contract/option.js";
import type { ConvVaeOptions } from "../ops/networks/conv-vae.js";
import { oneOf } from "./formats.js";

/** The options of `createConvVae`, for every plugin that builds on it to declare beside its own. */
export const convVaeOptions: Options<ConvVaeOptions> = {
  decoder: {
    doc: "`bernoulli`: cross-entropy of the pixels; `gaussian`: squared error of sigmoid(logits), without a factor 1/2.",
    format: oneOf("bernoulli", "gaussian"),
    default: "bernoulli",
  },
  reduction: {
    doc: "Whether the reconstruction is the `sum` over pixels and channels, as in the papers, or their `mean`, beside which every other weight counts height * width * channels times as much.",
    format: oneOf("sum", "mean"),
    default: "sum",
  },
  initialisation: {
    doc: "First weights before each ReLU. `he`: N(0, sqrt(2 / fan-in)), He 2015; `official`: N(0, 0.02), with which sprites are learnt only after thousands of updates.",
    format: oneOf("he", "official"),
    default: "he",
  },
};
