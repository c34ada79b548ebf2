import { integerFrom, type Option } from "@idgan/core";

/** Options that several scores share, with the constants of disentanglement_lib's study (https://github.com/google-research/disentanglement_lib). */
export const trainOption: Option<number> = { doc: "Images that the score is computed or its classifiers are trained from.", format: integerFrom(2), default: 10_000 };
export const testOption: Option<number> = { doc: "Further images, that classifiers are judged on.", format: integerFrom(1), default: 5_000 };
export const binsOption: Option<number> = { doc: "Bins of equal width between a latent's least and greatest value.", format: integerFrom(2), default: 20 };
