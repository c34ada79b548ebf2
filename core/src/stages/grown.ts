import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../contract/error.js";
import type { Generator } from "../contract/gan-backbone.js";
import type { Phase } from "../contract/growth.js";

/**
 * A generator that grows, as it stands in `phase`: images of full size, whose pixels are repeated while it makes smaller ones, as the official
 * progressive code shows them. Of any other generator, itself.
 */
export function grownTo(generator: Generator, phase: Phase | undefined): Generator {
  if (phase === undefined) return generator;
  const { height, width } = generator.output;
  return {
    ...generator,
    generate(s, c, how) {
      const { key, resolution, fadeIn } = phase;
      const image = generator.generate(s, c, { ...how, phase: { key, resolution, fadeIn: tf.scalar(fadeIn) } });
      return resolution === height ? image : tf.image.resizeNearestNeighbor(image, [height, width]);
    },
  };
}

/** The phase that a checkpoint names. Throws `CHECKPOINT_INVALID` where a GAN that grows needs one and there is none. */
export function expectPhase(grows: boolean, phase: Phase | undefined, where: string): Phase | undefined {
  if (!grows) return undefined;
  if (phase === undefined) throw new IdganError("CHECKPOINT_INVALID", `${where} does not say where its GAN stood while it grew. Use a checkpoint of a run of this GAN.`);
  return phase;
}
