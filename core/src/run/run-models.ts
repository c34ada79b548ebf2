import type { ResolvedRun } from "../config/resolve-run.js";
import type { PreparationProgress } from "../contract/build-context.js";
import type { Dataset } from "../contract/dataset.js";
import { IdganError } from "../contract/error.js";
import type { VaeBackbone } from "../contract/vae-backbone.js";
import type { Weights } from "../contract/weights.js";
import { expectBatches } from "../stages/batch-order.js";
import { buildGan, buildVae, openDataset, type GanModel } from "./models.js";

/** Data and networks of a run, all that can be made and checked before anything is trained or written. */
export interface RunModels {
  /** Images at the VAE's size. */
  readonly vaeData: Dataset;
  /** The same images at the generator's size. */
  readonly ganData: Dataset;
  readonly vae: VaeBackbone;
  readonly gan: GanModel;
  /** Frees every variable, and closes the data. */
  close(): Promise<void>;
}

/** Opens and builds them; what does not fit together is found here, not after an hour of stage 1. */
export async function openRunModels(resolved: ResolvedRun, progress?: PreparationProgress): Promise<RunModels> {
  const { config } = resolved;
  const vaeData = await openDataset(resolved, config.vae.size, progress);
  const owned: Weights[] = [];
  let ganData = vaeData;
  const close = async (): Promise<void> => {
    for (const weights of owned) for (const variable of Object.values(weights)) variable.dispose();
    owned.length = 0;
    await vaeData.close?.();
    if (ganData !== vaeData) await ganData.close?.();
  };
  try {
    if (config.gan.size !== config.vae.size) ganData = await openDataset(resolved, config.gan.size, progress);
    expectSameImages(config.data.use, vaeData, ganData);
    expectBatches(vaeData.size, {
      ...(config.encoder.from === null ? { represent: config.represent.batch } : {}),
      ...(config.synthesise.steps > 0 ? { synthesise: config.synthesise.batch } : {}),
    });
    const vae = buildVae(resolved, vaeData);
    owned.push(vae.encoder.weights, vae.decoder.weights, vae.adversary?.weights ?? {});
    const gan = buildGan(resolved, ganData.image.channels);
    for (const { generator, discriminator, state } of [gan.backbone, gan.averaged]) owned.push(generator.weights, discriminator.weights, state?.weights ?? {});
    return { vaeData, ganData, vae, gan, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function expectSameImages(plugin: string, small: Dataset, large: Dataset): void {
  if (small.size !== large.size || small.image.channels !== large.image.channels) {
    throw new IdganError(
      "DATA_INVALID",
      `${plugin}: at the VAE's size it has ${small.size} images of ${small.image.channels} channels, at the generator's ${large.size} of ${large.image.channels}. Both must be the same images.`,
    );
  }
}
