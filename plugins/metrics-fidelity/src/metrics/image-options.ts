import { integerFrom, nullable, oneOf, path, type Measurement, type Option, type Options } from "@idgan/core";
import { createEncoderExtractor } from "../extractors/encoder-extractor.js";
import type { FeatureExtractor } from "../extractors/feature-extractor.js";
import type { ImageSource, Maker } from "../extractors/image-source.js";
import { networks, openNetwork, type NetworkName } from "../extractors/network-extractor.js";
import { findFile, missingFile, weightsVariable } from "../files/published-file.js";

/** What images are described by, and the protocol part of a score's name. */
export type ExtractorName = NetworkName | "encoder";

export const extractorNames: readonly ExtractorName[] = ["inception2015", "vgg16", "squeezenet", "encoder"];

/** Which images are compared. */
export interface ImageOptions {
  readonly samples: number;
  readonly real: number;
  readonly of: Maker;
  /** Missing where the run's own encoder describes the images. */
  readonly weights?: string | null;
}

/** Images of the protocols that papers report; where there is none to keep to, as many as two cores describe in minutes. */
const countOf: Readonly<Record<ExtractorName, number>> = { inception2015: 50_000, vgg16: 50_000, squeezenet: 10_000, encoder: 10_000 };

export const weightsOption: Option<string | null> = {
  doc: `Folder, or a folder of folders, that holds the network's published file; null looks where ${weightsVariable} says.`,
  format: nullable(path),
  default: null,
};

export function imageOptions(extractor: ExtractorName): Options<ImageOptions> {
  return {
    samples: { doc: "Images that are generated.", format: integerFrom(2), default: countOf[extractor] },
    real: { doc: "Images of the dataset, drawn without replacement; all where it has no more.", format: integerFrom(2), default: countOf[extractor] },
    of: { doc: "Whose images: the generator's, or, as a baseline, those of the VAE's own decoder for the same codes.", format: oneOf("generator", "decoder"), default: "generator" },
    ...(extractor === "encoder" ? {} : { weights: weightsOption }),
  };
}

/** What is missing to open an extractor, in a sentence. */
export function lackOf(extractor: ExtractorName, weights: string | null = null): string | undefined {
  if (extractor === "encoder") return undefined;
  const { files } = networks[extractor];
  return findFile(files, weights) === undefined ? missingFile(files, weights) : undefined;
}

/** Lends an extractor to `work`, and disposes it. */
export async function withExtractor<T>(measurement: Measurement, extractor: ExtractorName, { weights = null }: Pick<ImageOptions, "weights">, work: (opened: FeatureExtractor) => Promise<T>): Promise<T> {
  const opened = extractor === "encoder" ? createEncoderExtractor(measurement) : await openNetwork(extractor, measurement.engine, weights);
  try {
    return await work(opened);
  } finally {
    await opened.dispose();
  }
}

/** `fid@inception2015 (50000 against 50000, clean 299)`. */
export function labelOf(name: string, { name: extractor, resize }: FeatureExtractor, made: ImageSource, real: ImageSource, maker: Maker): string {
  return `${name}@${extractor} (${made.count}${maker === "decoder" ? " decoded" : ""} against ${real.count}, ${resize})`;
}

/** What a reader must know of numbers from this extractor. */
export function extractorNotes(extractor: ExtractorName, standard: string): readonly string[] {
  if (extractor === "inception2015") return [];
  const said = `Not ${standard}, which is defined on Inception of 2015: compare it with numbers of ${extractor === "encoder" ? "this very encoder" : "the same network"}, counts and resizing alone.`;
  return extractor === "encoder" ? [said, "The encoder's codes are blind to what the encoder does not see, such as sharpness."] : [said];
}
