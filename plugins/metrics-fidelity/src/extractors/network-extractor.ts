import { IdganError, type Engine } from "@idgan/core";
import { inceptionFile, openFile, squeezenetFiles, vgg16File, type PublishedFile } from "../files/published-file.js";
import type { Tensors } from "../files/tensors.js";
import { createInception } from "../networks/inception.js";
import type { Network } from "../networks/network.js";
import { createSqueezeNet } from "../networks/squeezenet.js";
import { createVgg16 } from "../networks/vgg16.js";
import type { FeatureExtractor } from "./feature-extractor.js";
import { cleanResized, expectColour, ImageStep } from "./image-step.js";

export type NetworkName = "inception2015" | "vgg16" | "squeezenet";

/** Networks by name: their published weights, and how they are built from them. */
export const networks: Readonly<Record<NetworkName, { readonly files: readonly PublishedFile[]; readonly create: (tensors: Tensors, where: string) => Network }>> = {
  inception2015: { files: [inceptionFile], create: createInception },
  vgg16: { files: [vgg16File], create: (tensors, where) => createVgg16(tensors, where) },
  squeezenet: { files: squeezenetFiles, create: createSqueezeNet },
};

/** Images in one call: enough for two cores, few enough for VGG16's activations at 224. */
const imagesAtOnce = 16;

/** A published network on the run's engine. Throws `METRIC_INPUT` where its weights are missing, another file's, or damaged. */
export async function openNetwork(name: NetworkName, engine: Engine, weights: string | null): Promise<FeatureExtractor> {
  const { files, create } = networks[name];
  const { tensors, hash, where } = await openFile(files, weights);
  return createExtractor(name, hash, engine, create(tensors, where));
}

/** An extractor around a network, which it disposes. */
export function createExtractor(name: string, hash: string, engine: Engine, network: Network, batch = imagesAtOnce): FeatureExtractor {
  const step = new ImageStep(engine, name, batch, ([pixels]) => network.describe(cleanResized(pixels as NonNullable<typeof pixels>, network.side)));
  return {
    name,
    featureCount: network.featureCount,
    resize: `clean ${network.side}`,
    hash,
    async features(pixels, image) {
      expectColour(image, name);
      const features = await step.run([pixels], image);
      if (!features.every(Number.isFinite)) throw new IdganError("METRIC_INPUT", `${name} gives NaN or infinite features: its weights are damaged, or the images are not numbers.`);
      return features;
    },
    async dispose() {
      await step.dispose();
      network.dispose();
    },
  };
}
