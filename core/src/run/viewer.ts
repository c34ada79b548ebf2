import type { Dataset } from "../contract/dataset.js";
import type { CompiledStep, Engine, Step } from "../contract/engine.js";
import type { Codes } from "../contract/subject.js";
import type { Generator } from "../contract/gan-backbone.js";
import type { ImageSpace } from "../contract/image-space.js";
import type { VaeBackbone } from "../contract/vae-backbone.js";
import { decodeStep, encodeStep, generateStep, mixStep, type FixedControls } from "../stages/viewing-steps.js";

/** Most images made in one call; smaller requests are filled up with their own rows, so that one compiled step serves them all. */
const most = 64;
/** Pixels of 64 images of 128x128: larger images come in smaller batches, so that those of 1024x1024 are made one at a time. */
const pixelsAtOnce = 64 * 128 * 128;

/** Images of this size in one call. */
export function viewingBatch({ height, width }: Pick<ImageSpace, "height" | "width">): number {
  return Math.max(1, Math.min(most, Math.floor(pixelsAtOnce / (height * width))));
}

/** Looks through the models of a run: encodes, decodes and generates any number of rows, in batches. */
export class Viewer {
  readonly #engine: Engine;
  readonly #compiled: CompiledStep[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Pixels of the encoder's space to q(c|x). */
  async encoder({ encoder }: Pick<VaeBackbone, "encoder">): Promise<(x: Float32Array) => Promise<Codes>> {
    const batch = viewingBatch(encoder.input);
    const pixels = encoder.input.height * encoder.input.width * encoder.input.channels;
    const run = await this.#rows(encodeStep(encoder, batch), batch, { x: pixels });
    return (x) => run({ x });
  }

  /** Codes to the VAE's images, in [0, 1]. */
  async decoder({ encoder, decoder }: VaeBackbone): Promise<(c: Float32Array) => Promise<Float32Array>> {
    const batch = viewingBatch(decoder.output);
    const run = await this.#rows(decodeStep(decoder, encoder.latentDim, batch), batch, { c: encoder.latentDim });
    return async (c) => (await run({ c })).image;
  }

  /** Nuisances and codes to the generator's images, in [0, 1]. */
  async generator(generator: Generator, controls?: FixedControls): Promise<(s: Float32Array, c: Float32Array) => Promise<Float32Array>> {
    const batch = viewingBatch(generator.output);
    const run = await this.#rows(generateStep(generator, batch, controls), batch, { c: generator.latentDim, s: generator.nuisanceDim });
    return async (s, c) => (await run({ s, c })).image;
  }

  /** Nuisances, codes and other nuisances, whose styles the layers from `from` on take, to the generator's images, in [0, 1]. */
  async mixer(generator: Generator, from: number, controls?: FixedControls): Promise<(s: Float32Array, c: Float32Array, mixed: Float32Array) => Promise<Float32Array>> {
    const batch = viewingBatch(generator.output);
    const run = await this.#rows(mixStep(generator, batch, from, controls), batch, { c: generator.latentDim, s: generator.nuisanceDim, mixed: generator.nuisanceDim });
    return async (s, c, mixed) => (await run({ s, c, mixed })).image;
  }

  async dispose(): Promise<void> {
    for (const compiled of this.#compiled) await compiled.dispose();
  }

  /** Compiles `step` for `batch` rows, and calls it as often as the rows need; `widths` are the numbers in one row of each input. */
  async #rows<Input extends string, Output extends string>(step: Step<Input, Output>, batch: number, widths: Readonly<Record<Input, number>>) {
    const compiled = await this.#engine.compile(step);
    this.#compiled.push(compiled);
    const names = Object.keys(widths) as Input[];
    const leading = names[0]!;
    return async (inputs: Readonly<Record<Input, Float32Array>>): Promise<Record<Output, Float32Array>> => {
      const rows = inputs[leading].length / widths[leading];
      const parts: Readonly<Record<Output, Float32Array>>[] = [];
      for (let start = 0; start < rows; start += batch) {
        const padded = names.map((name) => [name, fillRows(inputs[name], widths[name], { start, batch, rows })] as const);
        parts.push(await compiled.run(Object.fromEntries(padded) as Record<Input, Float32Array>));
      }
      const outputs = Object.keys(parts[0] ?? {}) as Output[];
      return Object.fromEntries(outputs.map((name) => [name, joinRows(parts.map((part) => part[name]), batch, rows)])) as Record<Output, Float32Array>;
    };
  }
}

/** Rows `start` … `start + batch` of `values`, from the first again where there are no more: a batch norm must see nothing but what was asked for. */
function fillRows(values: Float32Array, width: number, { start, batch, rows }: { readonly start: number; readonly batch: number; readonly rows: number }): Float32Array {
  const filled = new Float32Array(batch * width);
  for (let row = 0; row < batch; row += 1) {
    const from = ((start + row) % rows) * width;
    filled.set(values.subarray(from, from + width), row * width);
  }
  return filled;
}

/** The first `rows` rows of batches laid end to end. */
function joinRows(parts: readonly Float32Array[], batch: number, rows: number): Float32Array {
  const width = (parts[0]?.length ?? 0) / batch;
  const joined = new Float32Array(rows * width);
  parts.forEach((part, index) => {
    const start = index * batch;
    joined.set(part.subarray(0, Math.min(batch, rows - start) * width), start * width);
  });
  return joined;
}

/** Images whose posteriors say how much each latent carries. */
const ranked = 1024;

/** Indices of the images by which latents are ranked, wherever they are. */
export function rankingIndices(dataset: Pick<Dataset, "size">): Uint32Array {
  return spreadIndices(dataset, Math.min(ranked, dataset.size));
}

/** Evenly spread indices of a dataset, the same in every run. */
export function spreadIndices(dataset: Pick<Dataset, "size">, count: number): Uint32Array {
  // A golden-ratio stride visits factors evenly, where an even stride would lock onto the period of the fastest ones.
  const golden = 0.6180339887498949;
  return Uint32Array.from({ length: count }, (_, index) => Math.floor((((index + 0.5) * golden) % 1) * dataset.size));
}
