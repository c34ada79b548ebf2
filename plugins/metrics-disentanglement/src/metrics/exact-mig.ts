// Mutual information gap as Chen et al. 2018 define it, "Isolating sources of disentanglement in variational autoencoders", section 4.1 and
// appendix C, https://arxiv.org/abs/1802.04942: I(z_j; v_k) = H(q(z_j)) - H(q(z_j | v_k)) of the posteriors themselves, not of binned means.
import { createStream, defineMetric, defineOptions, IdganError, integerFrom, listOf, mixtureEntropies, nullable, text, type Grouping, type Measurement } from "@idgan/core";
import { entropyOf } from "../numerics/mutual-information.js";
import { encodeFinite, imagesAtOnce } from "./draw.js";
import { openFactors } from "./factor-source.js";
import { allLabelsOf, factorValuesOf, type FactorValues } from "./labelled-codes.js";
import { gapOverEntropy, type MutualInformationGap } from "./mig.js";
import { factorMatrix, latentNames, oneLatentNote, oneValueNotes } from "./score-matrix.js";
import { meanOf } from "../numerics/statistics.js";

/** Posteriors by latent. */
export interface PosteriorColumns {
  /** `[latents][images]` */
  readonly mean: readonly Float32Array[];
  readonly logVar: readonly Float32Array[];
}

export interface ExactGap extends MutualInformationGap {
  /** Entropy of q(z_j) in nats, which is negative for a narrow density. */
  readonly latentEntropies: readonly number[];
  /** For each latent the standard deviation below which posteriors were widened, or 0. */
  readonly widened: readonly number[];
}

/** From the posteriors of all images, which are taken as equally likely. A negative information is a rounding error, and 0. */
export function exactMutualInformationGap(posteriors: PosteriorColumns, factors: FactorValues, sizes: readonly number[]): ExactGap {
  const labels = allLabelsOf(factors);
  const groupings: readonly Grouping[] = labels.map((of, factor) => ({ of, groups: sizes[factor] ?? 1 }));
  const latents = posteriors.mean.map((mean, latent) => {
    const logVar = posteriors.logVar[latent] ?? new Float32Array(mean.length);
    return { ...mixtureEntropies({ mean, logVar }, groupings), narrowest: Math.exp(logVar.reduce((least, value) => Math.min(least, value), Infinity) / 2) };
  });
  const information = labels.map((_, factor) => latents.map(({ all, within }) => Math.max(0, all - (within[factor] ?? all))));
  const entropies = labels.map(entropyOf);
  const gaps = information.map((row, factor) => gapOverEntropy(row, entropies[factor] ?? 0));
  return {
    value: meanOf(gaps),
    gaps,
    entropies,
    information,
    latentEntropies: latents.map(({ all }) => all),
    widened: latents.map(({ finest, narrowest }) => (narrowest < finest * (1 - 1e-9) ? finest : 0)),
  };
}

const name = "mig-exact@chen2018";

export const exactMig = defineMetric({
  name: "mig-exact",
  protocol: "chen2018",
  doc: "Mutual information gap of q(z|x) over the whole dataset (Chen 2018), without a histogram.",
  higherIsBetter: true,
  needs: "factors",
  options: defineOptions({
    factors: {
      doc: "Factors that gaps are averaged over; null for all but one called shape, as the paper leaves out dSprites' shape.",
      format: nullable(listOf(text)),
      default: null,
    },
    images: { doc: "Images that stand for the dataset; null for all of them. With few, entropies given a factor come out too low and the score too high.", format: nullable(integerFrom(2)), default: null },
  }),
  async measure(measurement, options) {
    const source = openFactors(measurement, name);
    const chosen = chooseFactors(source.names, options.factors);
    const indices = chooseImages(measurement, options.images);
    const all = source.read(indices);
    const width = source.names.length;
    const values = Int32Array.from({ length: indices.length * chosen.length }, (_, place) => all[Math.floor(place / chosen.length) * width + (chosen[place % chosen.length] ?? 0)] ?? 0);
    const posteriors = await readPosteriors(measurement, indices);
    const names = chosen.map((factor) => source.names[factor] ?? "");
    const result = exactMutualInformationGap(posteriors, factorValuesOf(values, chosen.length), chosen.map((factor) => source.sizes[factor] ?? 1));
    const left = source.names.filter((_, factor) => !chosen.includes(factor));
    const widened = latentNames(measurement.latentDim).filter((_, latent) => (result.widened[latent] ?? 0) > 0);
    return {
      value: result.value,
      parts: { gaps: result.gaps, entropies: result.entropies, latentEntropies: result.latentEntropies, images: indices.length },
      matrices: [factorMatrix("Mutual information of factor and latent (nats)", names, result.information)],
      notes: [
        ...source.notes,
        ...oneValueNotes(names, result.entropies),
        ...(left.length > 0 ? [`Left out of the mean: ${left.join(", ")}.`] : []),
        ...(indices.length < measurement.dataset.size ? [`${indices.length} of ${measurement.dataset.size} images stand for the dataset, which makes the score too high; compare it with scores of as many only.`] : []),
        ...(widened.length > 0 ? [`The narrowest posteriors of ${widened.join(", ")} were widened to what the integral resolves.`] : []),
        ...(measurement.latentDim === 1 ? [oneLatentNote] : []),
      ],
    };
  },
});

/** Places of the factors that the gaps are averaged over. */
function chooseFactors(names: readonly string[], wanted: readonly string[] | null): readonly number[] {
  const unknown = (wanted ?? []).find((each) => !names.includes(each));
  if (unknown !== undefined) {
    throw new IdganError("METRIC_INPUT", `${name} was told to use the factor ${unknown}, and the factors that vary are ${names.join(", ")}. Correct the metric's factors.`);
  }
  const chosen = names.flatMap((each, place) => ((wanted === null ? each !== "shape" : wanted.includes(each)) ? [place] : []));
  if (chosen.length === 0) {
    throw new IdganError("METRIC_INPUT", `${name} has no factor to average over: ${names.join(", ")} vary. List at least one in the metric's factors.`);
  }
  return chosen;
}

function chooseImages({ dataset, seed }: Measurement, images: number | null): Uint32Array {
  if (images === null) return Uint32Array.from({ length: dataset.size }, (_, i) => i);
  if (images > dataset.size) {
    throw new IdganError("METRIC_INPUT", `${name} was told to use ${images} images, and ${dataset.name} has ${dataset.size}. Lower the metric's images, or set it to null for all.`);
  }
  return createStream(seed, "metric/mig-exact/images").permutation(0, dataset.size).subarray(0, images);
}

async function readPosteriors(measurement: Measurement, indices: Uint32Array): Promise<PosteriorColumns> {
  const { latentDim } = measurement;
  const columns = () => Array.from({ length: latentDim }, () => new Float32Array(indices.length));
  const [mean, logVar] = [columns(), columns()];
  for (let start = 0; start < indices.length; start += imagesAtOnce) {
    const codes = await encodeFinite(measurement, indices.subarray(start, start + imagesAtOnce));
    for (let place = 0; place < codes.mean.length; place += 1) {
      const image = start + Math.floor(place / latentDim);
      mean[place % latentDim]![image] = codes.mean[place]!;
      logVar[place % latentDim]![image] = codes.logVar[place]!;
    }
  }
  return { mean, logVar };
}
