// Entropy of the aggregated posterior q(c) = E_x q(c|x) by samples: the mean of -log q(c), with q(c) the mixture over the images drawn.
import type { Codes } from "@idgan/core";

export interface EntropyEstimate {
  /** In nats. */
  readonly value: number;
  /** Standard error of the mean over the codes that it is an average of. */
  readonly error: number;
}

/** Codes that the average is over; the mixture is of all images that are given. */
const mostCodes = 2_000;

/**
 * From codes `[n, latentDim]` and the posterior that each was drawn from. The mixture of n images has at most the entropy of that of all (entropy is concave) and
 * at most ln n more than a single posterior, so the estimate is low on average, and a bound that it enters stays a lower bound.
 */
export function jointEntropy(c: Float32Array, { mean, logVar }: Codes, latentDim: number): EntropyEstimate {
  const count = c.length / latentDim;
  const precision = Float64Array.from(logVar, (value) => Math.exp(-value));
  const offsets = new Float64Array(count);
  logVar.forEach((value, place) => (offsets[Math.floor(place / latentDim)]! -= 0.5 * (Math.log(2 * Math.PI) + value)));
  const asked = Math.min(count, mostCodes);
  const terms = new Float64Array(count);
  const values = Float64Array.from({ length: asked }, (_, code) => {
    let greatest = -Infinity;
    for (let image = 0; image < count; image += 1) {
      let exponent = 0;
      for (let latent = 0; latent < latentDim; latent += 1) {
        const place = image * latentDim + latent;
        exponent += (c[code * latentDim + latent]! - mean[place]!) ** 2 * precision[place]!;
      }
      terms[image] = offsets[image]! - 0.5 * exponent;
      greatest = Math.max(greatest, terms[image]!);
    }
    return -(greatest + Math.log(terms.reduce((total, term) => total + Math.exp(term - greatest), 0) / count));
  });
  const value = values.reduce((total, each) => total + each, 0) / asked;
  const variance = values.reduce((total, each) => total + (each - value) ** 2, 0) / Math.max(1, asked - 1);
  return { value, error: Math.sqrt(variance / asked) };
}
