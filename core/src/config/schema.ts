import type { Format, Option, Options } from "../contract/option.js";
import { boolean, accepts, format, integerBetween, integerFrom, nonNegative, nullable, oneOf, path, positive, positiveInteger, text } from "./formats.js";
import type { Slot } from "./run-config.js";

/** Keys of a config, nested as the config is; a leaf says what it means, what it takes, and what it is when nobody says. */
export interface Schema {
  readonly [key: string]: Option<unknown> | Schema;
}

/** One key as the reference lists it. */
export interface KeyDescription {
  readonly key: string;
  readonly doc: string;
  readonly expected: string;
  /** `undefined` where the user must choose. */
  readonly default: unknown;
}

export function isOption(node: Option<unknown> | Schema): node is Option<unknown> {
  return typeof node["format"] === "function";
}

/** The schema of a run, with the options of the plugins that stand in its slots. */
export function runSchema(options: Readonly<Record<Slot, Options<unknown>>>): Schema {
  return {
    name: option("Name of the run, and of its directory; the config's file name where no layer says one.", text, "run"),
    folder: option("Folder that relative paths in plugin options start from; the config's own, or the working directory for a preset, where no layer says one.", path, "."),
    seed: option("Seed of every random stream of the run.", integerFrom(0), 1),
    data: slot("data", "the images that both stages train on", options.data),
    vae: {
      ...slot("VAE", "stage 1's encoder and decoder, and their loss", options.vae),
      size: option("Height and width of the VAE's images, in pixels.", positiveInteger, 64),
      latentDim: option("Dimensions of c, the disentangled code.", integerBetween(1, 4096), 10),
    },
    gan: {
      ...slot("GAN", "stage 2's generator and discriminator, and their losses", options.gan),
      size: option("Height and width of the generator's images, in pixels.", positiveInteger, 64),
      nuisanceDim: option("Dimensions of s, the nuisance variable: what c leaves out. The official dSprites run has none.", integerFrom(0), 0),
    },
    engine: slot("engine", "what computes the updates: `@idgan/engine-onnx`, or `eager` for plain tfjs", options.engine, "@idgan/engine-onnx"),
    taps: option<unknown>("Plugins that add to the run through its hooks, each `{ use, options }`, in the order in which they tap.", taps, []),
    represent: {
      steps: option("Updates that stage 1 makes; with `encoder.from` none, whatever is said here.", integerFrom(0)),
      batch: option("Images in one update of stage 1.", positiveInteger, 64),
      microbatch: microbatch("stage 1"),
      optimizer: optimizer("the VAE", adam),
      adversaryOptimizer: optimizer("the VAE's adversary, where it has one (FactorVAE's settings, Kim & Mnih 2018, appendix A)", { ...adam, beta1: 0.5, beta2: 0.9 }),
    },
    encoder: {
      from: option("Run directory or checkpoint of an earlier stage 1, whose encoder stage 2 takes, so that stage 1 makes no updates; `null` trains one.", nullable(path), null),
    },
    synthesise: {
      steps: option("Updates that stage 2 makes; 0 ends the run after stage 1.", integerFrom(0)),
      batch: option("Images in one update of stage 2; a GAN that grows may have its own for each size.", positiveInteger, 64),
      microbatch: microbatch("stage 2"),
      code: option(
        "How c is drawn: from q(c|x) of the update's own real images (`paired`, the official code), of other images (`shuffled`), from N(0, I) (`prior`), or as the mean of q(c|x) (`mean`).",
        oneOf("paired", "shuffled", "prior", "mean"),
        "paired",
      ),
      idWeight: option("Weight of the `id` term, the paper's lambda (Lee et al. 2020, equation 5).", nonNegative, 1e-4),
      idDelay: option("Updates before the `id` term has a gradient: until the generator's images are something like the data's, an encoder of few grey values can find them so unlikely that nothing else is heard.", integerFrom(0), 0),
      r1Weight: option("Weight of R1: multiplies the mean over the batch of the squared norm of the gradient of D at real images. StyleGAN's gamma is twice that.", nonNegative, 10),
      r1Interval: option("Updates from one R1 term to the next, which is then as many times heavier (Karras et al. 2020, section 3.1).", positiveInteger, 1),
      averageDecay: option("Decay of the moving average of the generator's weights, per update.", decay, 0.999),
      averageHalfLife: option("Images in which the moving average forgets half of what it was, in place of `averageDecay`: the same memory for batches of any size.", nullable(positive), null),
      averageWarmup: option("Let the decay rise as (1 + t) / (10 + t) to `averageDecay`, so that the first, random weights are soon forgotten; the official code does not.", boolean, true),
      generatorOptimizer: optimizer("the generator", rmsprop),
      discriminatorOptimizer: optimizer("the discriminator", rmsprop),
    },
    record: {
      log: option("Updates from one line of losses to the next.", positiveInteger, 100),
      checkpoint: option("Updates from one checkpoint to the next.", positiveInteger, 1000),
      keep: option("Checkpoints of each stage that are kept, the newest ones.", positiveInteger, 3),
      pictures: option("Updates from one set of pictures to the next.", positiveInteger, 1000),
    },
  };
}

/** Every leaf of a schema, under the dotted name that `--set` takes. */
export function leavesOf(schema: Schema, prefix = ""): readonly (readonly [key: string, option: Option<unknown>])[] {
  return Object.entries(schema).flatMap(([name, node]) => (isOption(node) ? [[`${prefix}${name}`, node] as const] : leavesOf(node, `${prefix}${name}.`)));
}

/** The keys that every run has; options of plugins are described by the plugins. */
export function describeSchema(): readonly KeyDescription[] {
  const schema = runSchema({ data: {}, vae: {}, gan: {}, engine: {} });
  return leavesOf(schema).map(([key, leaf]) => describe(key, leaf));
}

/** The options of one plugin as a table's rows. */
export function describeOptions(options: Options<unknown>): readonly KeyDescription[] {
  return leavesOf(options as Schema).map(([key, leaf]) => describe(key, leaf));
}

const adam = { name: "adam", learningRate: 1e-4, beta1: 0.9, beta2: 0.999 } as const;
const rmsprop = { ...adam, name: "rmsprop" } as const;

const decay: Format<number> = format("a number of at least 0 and below 1", (value) => accepts(nonNegative, value) && value < 1);
const taps: Format<unknown> = format("a list of { use, options }", (value) => Array.isArray(value));

function option<T>(doc: string, check: Format<T>, fallback?: T): Option<T> {
  return { doc, format: check, default: fallback };
}

function slot(title: string, purpose: string, options: Options<unknown>, use?: string): Schema {
  return {
    use: option(`Package of the ${title} plugin, or path of a file: ${purpose}.`, text, use),
    from: option("File or folder that `use` was written in, looked through first; a saved config says it, others need not.", nullable(path), null),
    options: options as Schema,
  };
}

function microbatch(stage: string): Option<number | null> {
  return option<number | null>(`Images of an update of ${stage} whose gradients are computed at once: less memory for the same update. \`null\` for all of them.`, nullable(positiveInteger), null);
}

interface OptimizerDefaults {
  readonly name: "adam" | "rmsprop" | "sgd";
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
}

function optimizer(whose: string, defaults: OptimizerDefaults): Schema {
  return {
    name: option(`Optimizer of ${whose}.`, oneOf("adam", "rmsprop", "sgd"), defaults.name),
    learningRate: option("Learning rate.", positive, defaults.learningRate),
    beta1: option("Decay of Adam's mean of gradients.", decay, defaults.beta1),
    beta2: option("Decay of Adam's mean of squared gradients.", decay, defaults.beta2),
    epsilon: option("Added to Adam's and RMSprop's denominators, outside of the square root.", positive, 1e-8),
    alpha: option("Decay of RMSprop's mean of squared gradients.", decay, 0.99),
    momentum: option("Momentum of RMSprop and SGD.", decay, 0),
  };
}

function describe(key: string, { doc, format: check, default: fallback }: Option<unknown>): KeyDescription {
  return { key, doc, expected: check.expected, default: fallback };
}
