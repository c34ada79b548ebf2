import { IdganError, type Subject } from "@idgan/core";
import type { FeatureExtractor } from "./feature-extractor.js";

/**
 * The run's own encoder: features are the means of q(c|x), of images brought to its size as in training. They say how near the codes of two
 * sets of images are, in as many numbers as there are latents, and are blind to what the encoder does not see: no other run's are comparable.
 */
export function createEncoderExtractor(subject: Subject): FeatureExtractor {
  const { height, width } = subject.dataset.image;
  return {
    name: "encoder",
    featureCount: subject.latentDim,
    resize: `area ${height === width ? height : `${height}x${width}`}`,
    hash: `encoder of ${subject.name}`,
    async features(pixels, image) {
      const { mean } = await subject.encodeImages(pixels, image);
      if (!mean.every(Number.isFinite)) throw new IdganError("METRIC_INPUT", `The encoder of ${subject.name} gives NaN or infinite codes: its training diverged.`);
      return mean;
    },
    dispose: async () => undefined,
  };
}
