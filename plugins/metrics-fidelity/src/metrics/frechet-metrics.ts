// Fréchet distance of features (FID on Inception): Heusel 2017, https://arxiv.org/abs/1706.08500; resized as clean-fid: Parmar 2022, https://arxiv.org/abs/2104.11222.
import { defineMetric, nullable, path, type Metric, type Options } from "@idgan/core";
import { momentsOfImages } from "../extractors/feature-set.js";
import { madeImages, realImages } from "../extractors/image-source.js";
import { momentsPlace } from "../extractors/moments-cache.js";
import { frechetDistance } from "../numerics/frechet.js";
import { extractorNotes, imageOptions, labelOf, lackOf, withExtractor, type ExtractorName, type ImageOptions } from "./image-options.js";

interface FrechetOptions extends ImageOptions {
  /** Missing where the run's own encoder describes the images: its features are the run's alone. */
  readonly cache?: string | null;
}

const docs: Readonly<Record<ExtractorName, string>> = {
  inception2015: "Fréchet inception distance (Heusel 2017) with TensorFlow's Inception of 2015, images resized as clean-fid does (Parmar 2022).",
  vgg16: "Fréchet distance of the 4096 activations of VGG16's second dense layer, images resized as clean-fid does (Parmar 2022).",
  squeezenet: "Fréchet distance of SqueezeNet 1.1's 512 last channels, averaged over the image, which is resized as clean-fid does (Parmar 2022).",
  encoder: "Fréchet distance of the means of q(c|x) of generated and of real images.",
};

/** FID, and its like on another extractor, which is not called so. */
export function frechetMetric(extractor: ExtractorName): Metric {
  const name = extractor === "inception2015" ? "fid" : "frechet";
  return defineMetric<FrechetOptions>({
    name,
    protocol: extractor,
    doc: docs[extractor],
    higherIsBetter: false,
    needs: "generator",
    options: optionsOf(extractor),
    lacks: ({ weights }) => lackOf(extractor, weights),
    measure: (measurement, options) =>
      withExtractor(measurement, extractor, options, async (opened) => {
        const [fake, real] = [await madeImages(measurement, options.samples, options.of), await realImages(measurement, options.real, options.of)];
        const place = extractor === "encoder" ? undefined : momentsPlace(opened, real, options.cache ?? null);
        const ofReal = await momentsOfImages(measurement, opened, real, place);
        const ofFake = await momentsOfImages(measurement, opened, fake);
        const { value, ofMeans, ofCovariances } = frechetDistance(ofFake, ofReal);
        const fewest = Math.min(fake.count, real.count);
        return {
          value,
          label: labelOf(name, opened, fake, real, options.of),
          parts: { ofMeans, ofCovariances, features: opened.featureCount },
          notes: [
            ...(fewest <= opened.featureCount ? [`${fewest} images span at most ${fewest - 1} of ${opened.featureCount} dimensions: a covariance is singular, and the distance is mostly that of too few images. It can rank runs measured alike, and means nothing beside published numbers.`] : []),
            ...extractorNotes(extractor, "an FID"),
          ],
        };
      }),
  }) as Metric;
}

function optionsOf(extractor: ExtractorName): Options<FrechetOptions> {
  const cache = { doc: "Folder that keeps the mean and covariance of real images' features; null means IDGAN_CACHE, or idgan in the system's folder for caches.", format: nullable(path), default: null };
  return { ...imageOptions(extractor), ...(extractor === "encoder" ? {} : { cache }) };
}
