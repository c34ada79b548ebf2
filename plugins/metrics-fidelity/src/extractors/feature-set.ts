import { viewingBatch, type Measurement } from "@idgan/core";
import { momentsOf, MomentSums, type Moments } from "../numerics/moments.js";
import type { FeatureExtractor } from "./feature-extractor.js";
import { expectSeveral, type ImageSource } from "./image-source.js";
import { readMoments, writeMoments, type MomentsPlace } from "./moments-cache.js";

/** Features up to so many bytes are kept for the other metrics; of more, the moments alone. */
const keptBytes = 2 ** 30;

/** Features of a set of images, `[count, featureCount]`, computed once in an evaluation. */
export async function featuresOf(measurement: Measurement, extractor: FeatureExtractor, source: ImageSource): Promise<Float32Array> {
  expectSeveral(source);
  return measurement.remember(keyOf(extractor, source), async () => {
    const features = new Float32Array(source.count * extractor.featureCount);
    await walk(measurement, extractor, source, (found, start) => features.set(found, start * extractor.featureCount));
    return features;
  });
}

/**
 * Mean and covariance of the features of a set of images: from the cache's file, where `place` names one and it is there, else from the images, a
 * batch at a time. Where the features are few enough to be kept, the metrics that follow find them.
 */
export async function momentsOfImages(measurement: Measurement, extractor: FeatureExtractor, source: ImageSource, place?: MomentsPlace): Promise<Moments> {
  expectSeveral(source);
  const { featureCount } = extractor;
  return measurement.remember(`moments of ${keyOf(extractor, source)}`, async () => {
    const known = place === undefined ? undefined : await readMoments(place, featureCount);
    if (known?.count === source.count) return known;
    const moments = 4 * source.count * featureCount <= keptBytes ? momentsOf(await featuresOf(measurement, extractor, source), featureCount) : await streamedMoments(measurement, extractor, source);
    if (place !== undefined) await writeMoments(place, moments);
    return moments;
  });
}

async function streamedMoments(measurement: Measurement, extractor: FeatureExtractor, source: ImageSource): Promise<Moments> {
  const sums = new MomentSums(extractor.featureCount);
  await walk(measurement, extractor, source, (found) => sums.add(found));
  return sums.moments();
}

async function walk({ track }: Measurement, extractor: FeatureExtractor, source: ImageSource, take: (features: Float32Array, start: number) => void): Promise<void> {
  await track(`${extractor.name}, ${source.title}`, source.count, async (advance) => {
    const batch = viewingBatch(source.image);
    for (let start = 0; start < source.count; start += batch) {
      const end = Math.min(source.count, start + batch);
      take(await extractor.features(await source.pixels(start, end), source.image), start);
      advance(end - start);
    }
  });
}

function keyOf({ name, hash, resize }: FeatureExtractor, { key }: ImageSource): string {
  return `@idgan/plugin-metrics-fidelity features ${name} ${hash} ${resize} ${key}`;
}
