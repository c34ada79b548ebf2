import { createOptimizer, type Optimizer, type Step, type Weights } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import type { Observer } from "./observed-terms.js";
import type { Sample } from "./sample.js";

/** A part of a backbone with an optimizer of its own. */
export interface Network {
  readonly name: string;
  readonly weights: Weights;
  /** Input of the update that carries its learning rate. */
  readonly rate: string;
  /** Output of the update that holds what it minimises. */
  readonly total: string;
}

export type Optimize = (network: string, weights: Weights) => Optimizer;

/** A built backbone, as the checks that hold for every kind see it. */
export interface Subject {
  readonly networks: readonly Network[];
  /** What an update changes and no optimizer trains. */
  readonly state?: Weights | undefined;
  /** The stage's whole update, as core makes it. */
  update(optimize: Optimize, observe?: Observer): Step;
  /** What the update is fed: the same in every call, but for the learning rates by network; 0 leaves a network as it is. */
  feeds(rates: Readonly<Record<string, number>>): Record<string, Float32Array>;
  /** Everything that the backbone computes from images and codes. */
  readonly forward: Step;
  forwardFeeds(): Record<string, Float32Array>;
}

/** Builds the backbone anew from a seed. */
export type BuildSubject = (seed: number) => Subject;

/** All weights of a subject by network and name, its state included. */
export function allWeights({ networks, state = {} }: Subject): readonly (readonly [name: string, variable: tf.Variable])[] {
  return [...networks, { name: "state", weights: state }].flatMap(({ name, weights }) => Object.entries(weights).map(([weight, variable]) => [`${name}: ${weight}`, variable] as const));
}

/** The same learning rate for each network, or for one of them, with 0 for the rest. */
export function ratesOf(subject: Subject, rate: number, only?: Network): Record<string, number> {
  return Object.fromEntries(subject.networks.map((network) => [network.rate, only === undefined || only.name === network.name ? rate : 0]));
}

/** Adam with PyTorch's defaults. */
export const adam: Optimize = (_, weights) =>
  createOptimizer({ name: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, alpha: 0.99, momentum: 0 }, weights);

/** Instead of an optimizer: leaves the weights alone and keeps the gradients, under the weights' names. */
export function createRecorder(): { readonly optimize: Optimize; gradientsOf(network: Network): Weights } {
  const recorded = new Map<string, Weights>();
  return {
    optimize(network, weights) {
      const slots = Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, zeros(shape)]));
      recorded.set(network, slots);
      return {
        slots,
        apply(gradients) {
          for (const [name, slot] of Object.entries(slots)) {
            const gradient = gradients[name];
            if (gradient) slot.assign(gradient);
          }
        },
      };
    },
    gradientsOf: ({ name }) => recorded.get(name) ?? {},
  };
}

/** Copies of weights that nothing trains, under the same names. */
export function copyWeights(weights: Weights): Weights {
  return Object.fromEntries(Object.entries(weights).map(([name, variable]) => [name, tf.tidy(() => tf.variable(tf.clone(variable), false))]));
}

/** Noise that a backbone declared, as feeds of an update. */
export function scalarFeeds(rates: Readonly<Record<string, number>>): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries({ step: 0, ...rates }).map(([name, value]) => [name, Float32Array.of(value)]));
}

export function imageCount({ size, channels }: Sample): number {
  return size * size * channels;
}

function zeros(shape: readonly number[]): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zeros([...shape]), false));
}
