import type * as tf from "@tensorflow/tfjs";
import type { CompiledStep, Engine, Step } from "../contract/engine.js";
import type { Weights } from "../contract/weights.js";
import { attributed } from "../trace/attributed.js";
import { nameOf } from "../trace/maker.js";
import { drawCode } from "./code.js";
import { expectSaved } from "./expect-saved.js";
import { commonInputs, create, criticise, discriminatorInputs, generatorInputs, nextStatistics, trainedWeights, type GanGame } from "./gan-players.js";
import { finishGenerator, type GanUpdate } from "./gan-update.js";
import { Accumulator, carryFeed, meanOf, partOf, type Microbatches } from "./microbatch.js";
import { prefixed } from "./step-noise.js";

/** The four steps of an update in parts, each of `parts.size` images. */
interface Parts {
  readonly criticise: Step;
  readonly updateDiscriminator: Step;
  readonly create: Step;
  /** `losses` are the names of the outputs before it, which the backbone's state is told of. */
  updateGenerator(losses: readonly string[]): Step;
  readonly sums: readonly Accumulator[];
}

/**
 * What `ganUpdate` does, in less memory: the discriminator's gradients of one microbatch after the other, its optimizer, then the generator's. Both
 * players see the same images and codes as in the whole update. `state` is what checkpoints hold; the sums of gradients need not be in it.
 */
export async function compileGanMicrobatches(engine: Engine, update: GanUpdate, parts: Microbatches, state: Weights): Promise<CompiledStep> {
  const steps = partsOf(update, parts);
  const made: CompiledStep[] = [];
  const saved = { ...state, ...Object.fromEntries(steps.sums.flatMap(({ sums }, i) => Object.entries(prefixed(`sums${i}`, sums)))) };
  const compile = async (step: Step): Promise<CompiledStep> => {
    expectSaved(step, saved);
    const compiled = await engine.compile(step);
    made.push(compiled);
    return compiled;
  };
  const dispose = async (): Promise<void> => {
    for (const compiled of made.splice(0)) await compiled.dispose();
    for (const sum of steps.sums) sum.dispose();
  };
  try {
    const [critic, criticUpdate, creator] = [await compile(steps.criticise), await compile(steps.updateDiscriminator), await compile(steps.create)];
    let creatorUpdate: CompiledStep | undefined;
    const told = update.backbone.state !== undefined;
    return {
      name: `gan-update in microbatches of ${parts.size}`,
      async run(feeds, fetch = true) {
        const [criticParts, creatorParts, codes]: [Record<string, Float32Array>[], Record<string, Float32Array>[], Float32Array[]] = [[], [], []];
        for (let index = 0; index < parts.count; index += 1) {
          const { c, ...losses } = await critic.run(partOf({ ...feeds, carry: carryFeed(index) }, steps.criticise.inputs, index));
          criticParts.push(losses);
          codes.push(c as Float32Array);
        }
        await criticUpdate.run({ learningRate: feeds["discriminatorLearningRate"] as Float32Array }, false);
        for (let index = 0; index < parts.count; index += 1) {
          const { c: _, ...shapes } = steps.create.inputs;
          creatorParts.push(await creator.run({ ...partOf({ ...feeds, carry: carryFeed(index) }, shapes, index), c: codes[index] as Float32Array }, fetch || told));
        }
        const losses = { ...meanOf(criticParts), ...meanOf(creatorParts) };
        const names = told ? Object.keys(losses) : [];
        creatorUpdate ??= await compile(steps.updateGenerator(names));
        const last = { learningRate: feeds["generatorLearningRate"] as Float32Array, step: feeds["step"] as Float32Array };
        await creatorUpdate.run({ ...last, ...prefixed("losses", told ? losses : {}) }, false);
        return fetch ? losses : {};
      },
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function partsOf(update: GanUpdate, parts: Microbatches): Parts {
  const { backbone, teacher, code, phase } = update;
  const { generator, discriminator } = backbone;
  const game: GanGame = { ...update, batch: parts.size };
  const name = (part: string): string => `gan-${part}${phase === undefined ? "" : `-${phase.key}`}`;
  const criticSums = new Accumulator(trainedWeights(discriminator, phase), parts);
  const creatorSums = new Accumulator(trainedWeights(generator, phase), parts);
  const statisticSums = new Accumulator(generator.statistics?.weights ?? {}, parts);
  return {
    sums: [criticSums, creatorSums, statisticSums],
    criticise: {
      name: name(update.r1Weight > 0 ? "discriminator-gradients-r1" : "discriminator-gradients"),
      inputs: { ...discriminatorInputs(game), ...commonInputs(game), carry: [] },
      run(inputs) {
        const c = drawCode(code, teacher, inputs);
        const { gradients, values } = criticise(game, inputs, c);
        criticSums.add(gradients, inputs["carry"] as tf.Scalar);
        return { c, ...prefixed("discriminator", values) };
      },
    },
    updateDiscriminator: {
      name: name("discriminator-update"),
      inputs: { learningRate: [] },
      run({ learningRate }) {
        update.discriminatorOptimizer.apply(criticSums.sums, learningRate as tf.Scalar);
        return {};
      },
    },
    create: {
      name: name("generator-gradients"),
      inputs: { c: [parts.size, generator.latentDim], ...generatorInputs(game), ...commonInputs(game), carry: [] },
      run(inputs) {
        const [c, carry] = [inputs["c"] as tf.Tensor2D, inputs["carry"] as tf.Scalar];
        const { gradients, values } = create(game, inputs, c);
        creatorSums.add(gradients, carry);
        statisticSums.add(nextStatistics(game, inputs, c), carry);
        return prefixed("generator", values);
      },
    },
    updateGenerator: (losses) => ({
      name: name("generator-update"),
      inputs: { learningRate: [], step: [], ...prefixed("losses", Object.fromEntries(losses.map((each) => [each, []]))) },
      run(inputs) {
        update.generatorOptimizer.apply(creatorSums.sums, inputs["learningRate"] as tf.Scalar);
        finishGenerator(update, statisticSums.sums, inputs["step"] as tf.Scalar);
        const told = Object.fromEntries(losses.map((each) => [each, inputs[`losses/${each}`] as tf.Scalar]));
        attributed(nameOf("the backbone's state", backbone), "BACKBONE_INVALID", () => backbone.state?.update(told));
        return {};
      },
    }),
  };
}
