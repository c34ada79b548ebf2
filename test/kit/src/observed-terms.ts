import { totalName, type GanBackbone, type LossTerm, type VaeBackbone } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";

/** Looks at the terms of one loss as the backbone returned them. */
export type Observer = (loss: string, terms: readonly LossTerm[]) => void;

/** Names that core gives to outputs and terms of its own. */
export const reservedNames: ReadonlySet<string> = new Set([totalName, "id", "r1"]);

const ignore: Observer = () => undefined;

/** `backbone` with its terms shown to `observe`, and handed on in a form that core can always sum. */
export function observeVae(backbone: VaeBackbone, observe: Observer = ignore): VaeBackbone {
  const { adversary } = backbone;
  return {
    ...backbone,
    ...(adversary && { adversary: { ...adversary, loss: (step) => pass("adversary", adversary.loss(step), observe) } }),
    ...(backbone.noise && { noise: (batch) => backbone.noise?.(batch) ?? {} }),
    loss: (step) => pass("VAE", backbone.loss(step), observe),
  };
}

/** `backbone` with its terms shown to `observe`, and handed on in a form that core can always sum. */
export function observeGan(backbone: GanBackbone, observe: Observer = ignore): GanBackbone {
  const { generator, discriminator, state } = backbone;
  return {
    generator,
    discriminator,
    ...(state && { state }),
    ...(backbone.noise && { noise: (batch, phase) => backbone.noise?.(batch, phase) ?? {} }),
    discriminatorLoss: (step) => pass("discriminator", backbone.discriminatorLoss(step), observe),
    generatorLoss: (step) => pass("generator", backbone.generatorLoss(step), observe),
  };
}

/** Core refuses faulty terms; only the check of terms is to fail for them, so the others see them put right. */
function pass(loss: string, terms: readonly LossTerm[], observe: Observer): readonly LossTerm[] {
  observe(loss, terms);
  const names = new Set(reservedNames);
  return terms.map((term) => {
    let { name } = term;
    while (names.has(name)) name += "'";
    names.add(name);
    const value: tf.Scalar = term.value.rank === 0 ? term.value : tf.mean(term.value);
    return { ...term, name, value };
  });
}
