import type { Dataset } from "../../contract/dataset.js";
import type { ImageSpace } from "../../contract/image-space.js";
import type { Codes, DrawnCodes, DrawRequest, Subject, TrainedGenerator } from "../../contract/subject.js";
import { createStream } from "../../ops/random/stream.js";
import { concatenate } from "../latents.js";
import { viewingBatch } from "../viewer.js";
import { drawCodes } from "./code-draws.js";
import { CodeTable } from "./code-table.js";
import type { EvaluationReporter } from "./evaluation-reporter.js";
import { track } from "./track.js";

/** Whose images codes are read in: the data's own, or those that the VAE's decoder or the generator makes of the data's codes. */
export type CodesOf = "encoder" | "decoder" | "generator";

interface Painter {
  readonly image: ImageSpace;
  paint(indices: Uint32Array, c: Float32Array): Promise<Float32Array>;
}

/**
 * A subject whose code of an image is what its encoder reads in the picture that the generator, or the decoder, makes of the image's own code (the mean of
 * q(c|x)): the scores of codes, with the data's factors, become scores of the generator. Each image has a draw of s of its own, the same in every order.
 */
export class PaintedSubject implements Subject {
  readonly name: string;
  readonly dataset: Dataset;
  readonly latentDim: number;
  readonly hasGenerator: boolean;
  readonly #inner: Subject;
  readonly #of: Exclude<CodesOf, "encoder">;
  readonly #seed: number;
  readonly #place: { readonly reporter: EvaluationReporter; readonly signal: AbortSignal };
  readonly #table: CodeTable;
  readonly #remembered = new Map<string, Promise<unknown>>();
  #painter: Promise<Painter> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #seconds = 0;

  constructor(inner: Subject, of: Exclude<CodesOf, "encoder">, seed: number, place: { readonly reporter: EvaluationReporter; readonly signal: AbortSignal }) {
    this.name = `${inner.name} (${of})`;
    this.dataset = inner.dataset;
    this.latentDim = inner.latentDim;
    this.hasGenerator = inner.hasGenerator;
    this.#inner = inner;
    this.#of = of;
    this.#seed = seed;
    this.#place = place;
    this.#table = new CodeTable(inner.dataset.size, inner.latentDim);
  }

  /** Seconds spent on painting and reading so far. */
  get encodingSeconds(): number {
    return this.#seconds;
  }

  encode(indices: ArrayLike<number>): Promise<Codes> {
    const served = this.#last.then(() => this.#serve(indices));
    this.#last = served.catch(() => undefined);
    return served;
  }

  encodeImages(pixels: Float32Array, image: ImageSpace): Promise<Codes> {
    return this.#inner.encodeImages(pixels, image);
  }

  decode(c: Float32Array): Promise<Float32Array> {
    return this.#inner.decode(c);
  }

  async drawCodes(request: DrawRequest): Promise<DrawnCodes> {
    return drawCodes({ dataset: this.dataset, latentDim: this.latentDim, encode: this.encode.bind(this) }, request, request.code ?? "posterior");
  }

  openGenerator(): Promise<TrainedGenerator> {
    return this.#inner.openGenerator();
  }

  remember<T>(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#remembered.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const made = make();
    this.#remembered.set(key, made);
    made.catch(() => this.#remembered.delete(key));
    return made;
  }

  async #serve(indices: ArrayLike<number>): Promise<Codes> {
    const { mean } = await this.#inner.encode(indices);
    const missing = this.#table.missing(indices);
    if (missing.length > 0) {
      const rows = new Map(Array.from(indices, (index, row) => [index, row]));
      const codes = concatenate(Array.from(missing, (index) => mean.subarray((rows.get(index) ?? 0) * this.latentDim, ((rows.get(index) ?? 0) + 1) * this.latentDim)));
      await this.#read(missing, codes);
    }
    return this.#table.read(indices);
  }

  async #read(missing: Uint32Array, c: Float32Array): Promise<void> {
    const start = performance.now();
    const { image, paint } = await (this.#painter ??= this.#open());
    await track(`images of the ${this.#of}`, missing.length, this.#place, async (advance) => {
      const atOnce = viewingBatch(image);
      for (let at = 0; at < missing.length; at += atOnce) {
        const part = missing.subarray(at, at + atOnce);
        const pixels = await paint(part, c.subarray(at * this.latentDim, (at + part.length) * this.latentDim));
        this.#table.add(part, await this.#inner.encodeImages(pixels, image));
        advance(part.length);
      }
    });
    this.#seconds += (performance.now() - start) / 1000;
  }

  async #open(): Promise<Painter> {
    if (this.#of === "decoder") return { image: this.dataset.image, paint: (_, c) => this.#inner.decode(c) };
    const { image, nuisanceDim, generate } = await this.#inner.openGenerator();
    const stream = createStream(this.#seed, "evaluation/painted/nuisance");
    return { image, paint: (indices, c) => generate(concatenate(Array.from(indices, (index) => stream.normal(index, nuisanceDim))), c) };
  }
}
