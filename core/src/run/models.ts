import type { ResolvedRun } from "../config/resolve-run.js";
import type { PreparationProgress } from "../contract/build-context.js";
import type { Dataset } from "../contract/dataset.js";
import { IdganError } from "../contract/error.js";
import type { ErrorCode } from "../contract/error-codes.js";
import type { GanBackbone } from "../contract/gan-backbone.js";
import { describeSpace, signedSpace, unitSpace, type ImageSpace } from "../contract/image-space.js";
import type { VaeBackbone } from "../contract/vae-backbone.js";
import { createInitializer } from "../ops/random/initializer.js";
import { attributed } from "../trace/attributed.js";
import { madeBy } from "../trace/maker.js";
import { checkedDataset } from "./parts/checked-dataset.js";
import { expectDataset } from "./parts/expect-dataset.js";
import { expectGan } from "./parts/expect-gan.js";
import { expectVae } from "./parts/expect-vae.js";

/** Opens the run's dataset with images of `size`, and checks that they are what was asked for. */
export async function openDataset({ config, plugins }: ResolvedRun, size: number, progress?: PreparationProgress): Promise<Dataset> {
  const { use, options } = config.data;
  const opened: unknown = await attributed(use, "DATA_INVALID", () => plugins.data.open(options, { size, folder: config.folder, seed: config.seed, ...(progress === undefined ? {} : { progress }) }));
  const dataset = expectDataset(opened, use);
  expectSpace("DATA_INVALID", use, "images are", dataset.image, unitSpace(size, dataset.image.channels));
  return checkedDataset(dataset, use);
}

/** The VAE of a run, freshly initialised from its seed. */
export function buildVae({ config, plugins }: ResolvedRun, dataset: Pick<Dataset, "image" | "size">): VaeBackbone {
  const { size, latentDim, options, use } = config.vae;
  const image = unitSpace(size, dataset.image.channels);
  const init = createInitializer(config.seed).scope("vae");
  const built: unknown = attributed(use, "BACKBONE_INVALID", () => plugins.vae.build(options, { image, latentDim, datasetSize: dataset.size, init }));
  const backbone = expectVae(built, use);
  madeBy(use, backbone, backbone.encoder, backbone.decoder);
  expectSpace("BACKBONE_INVALID", use, "encoder takes", backbone.encoder.input, image);
  expectSpace("BACKBONE_INVALID", use, "decoder makes", backbone.decoder.output, image);
  expectEqual(use, "encoder's latentDim", backbone.encoder.latentDim, latentDim);
  return backbone;
}

export interface GanModel {
  readonly backbone: GanBackbone;
  /** A second copy, whose generator's weights hold the moving average; it begins as the first. */
  readonly averaged: GanBackbone;
}

/** The GAN of a run, freshly initialised from its seed, for images of `channels`. */
export function buildGan({ config, plugins }: ResolvedRun, channels: number): GanModel {
  const { size, nuisanceDim, options, use } = config.gan;
  const { latentDim } = config.vae;
  const image = signedSpace(size, channels);
  const build = (): GanBackbone => {
    const init = createInitializer(config.seed).scope("gan");
    const built: unknown = attributed(use, "BACKBONE_INVALID", () => plugins.gan.build(options, { image, latentDim, nuisanceDim, init }));
    const made = expectGan(built, use);
    madeBy(use, made, made.generator, made.discriminator);
    return made;
  };
  const backbone = build();
  expectSpace("BACKBONE_INVALID", use, "generator makes", backbone.generator.output, image);
  expectEqual(use, "generator's latentDim", backbone.generator.latentDim, latentDim);
  expectEqual(use, "generator's nuisanceDim", backbone.generator.nuisanceDim, nuisanceDim);
  return { backbone, averaged: build() };
}

function expectSpace(code: ErrorCode, plugin: string, what: string, got: ImageSpace, wanted: ImageSpace): void {
  if (describeSpace(got) !== describeSpace(wanted)) {
    throw new IdganError(code, `${plugin}: its ${what} ${describeSpace(got)}, but the run asks for ${describeSpace(wanted)}. The plugin must follow the context that it is given.`);
  }
}

function expectEqual(plugin: string, what: string, got: number, wanted: number): void {
  if (got !== wanted) {
    throw new IdganError("BACKBONE_INVALID", `${plugin}: its ${what} is ${got}, but the run asks for ${wanted}. The plugin must follow the context that it is given.`);
  }
}
