import type { Dataset } from "../../contract/dataset.js";
import type { Engine } from "../../contract/engine.js";
import { IdganError } from "../../contract/error.js";
import { unitRange, type ImageSpace } from "../../contract/image-space.js";
import type { Codes, DrawnCodes, DrawRequest, Subject, TrainedGenerator } from "../../contract/subject.js";
import type { VaeBackbone } from "../../contract/vae-backbone.js";
import { drawCodes, drawNuisance } from "./code-draws.js";
import { CodeTable } from "./code-table.js";
import type { EvaluationReporter } from "./evaluation-reporter.js";
import { ImageEncoder } from "./image-encoder.js";
import { withoutGenerator, type OpenGenerator } from "./open-generator.js";
import { SubjectModels } from "./subject-models.js";
import { expectGoingOn, track } from "./track.js";

export interface SubjectSetting {
  readonly name: string;
  readonly engine: Engine;
  readonly vae: VaeBackbone;
  readonly dataset: Dataset;
  /** Opens the generator of stage 2; missing where there is none. */
  readonly generator?: () => Promise<OpenGenerator>;
  readonly reporter: EvaluationReporter;
  readonly signal: AbortSignal;
}

/** A trained run and its images, each encoded once, however often it is asked for. */
export class MemorisedSubject implements Subject {
  readonly name: string;
  readonly dataset: Dataset;
  readonly latentDim: number;
  readonly hasGenerator: boolean;
  readonly #images: ImageEncoder;
  readonly #models: SubjectModels;
  readonly #generator: (() => Promise<OpenGenerator>) | undefined;
  readonly #remembered = new Map<string, Promise<unknown>>();
  readonly #table: CodeTable;
  readonly #reporter: EvaluationReporter;
  readonly #signal: AbortSignal;
  #opened: Promise<OpenGenerator> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #seconds = 0;

  constructor({ name, engine, vae, dataset, generator, reporter, signal }: SubjectSetting) {
    const { encoder } = vae;
    this.name = name;
    this.dataset = dataset;
    this.latentDim = encoder.latentDim;
    this.hasGenerator = generator !== undefined;
    this.#generator = generator;
    this.#models = new SubjectModels(engine, vae, name);
    this.#images = new ImageEncoder(engine, encoder, dataset);
    this.#table = new CodeTable(dataset.size, encoder.latentDim);
    this.#reporter = reporter;
    this.#signal = signal;
  }

  /** Seconds spent on encoding so far. */
  get encodingSeconds(): number {
    return this.#seconds;
  }

  encode(indices: ArrayLike<number>): Promise<Codes> {
    return this.#inTurn(() => this.#serve(indices));
  }

  encodeImages(pixels: Float32Array, image: ImageSpace): Promise<Codes> {
    return this.#inTurn(() => this.#models.encode(pixels, image));
  }

  decode(c: Float32Array): Promise<Float32Array> {
    return this.#inTurn(() => this.#models.decode(c));
  }

  async drawCodes(request: DrawRequest): Promise<DrawnCodes> {
    return drawCodes(this.#source, request, request.code ?? "posterior");
  }

  async openGenerator(): Promise<TrainedGenerator> {
    const open = await this.openedGenerator();
    const { generator, dataset, code } = open;
    return {
      nuisanceDim: generator.nuisanceDim,
      latentDim: generator.latentDim,
      image: { ...generator.output, range: unitRange },
      dataset,
      code,
      draw: async (request) => ({ ...(await drawCodes(this.#source, request, request.code ?? code)), s: drawNuisance(generator.nuisanceDim, request) }),
      generate: (s, c) => this.#inTurn(() => this.#models.generate(open, s, c)),
    };
  }

  /** What is opened, for the record. Throws `METRIC_INPUT` where the run has no generator. */
  async openedGenerator(): Promise<OpenGenerator> {
    if (this.#generator === undefined) throw withoutGenerator(this.name);
    return (this.#opened ??= this.#generator());
  }

  remember<T>(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#remembered.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const made = make();
    this.#remembered.set(key, made);
    // What failed may succeed for another metric, with other options.
    made.catch(() => this.#remembered.delete(key));
    return made;
  }

  async dispose(): Promise<void> {
    await this.#last;
    await this.#images.dispose();
    await this.#models.dispose();
    const opened = await this.#opened?.catch(() => undefined);
    opened?.close();
  }

  get #source(): Pick<Subject, "dataset" | "latentDim" | "encode"> {
    return { dataset: this.dataset, latentDim: this.latentDim, encode: this.encode.bind(this) };
  }

  /** Requests are served one after the other, so that a metric may make many at once. */
  #inTurn<T>(serve: () => Promise<T>): Promise<T> {
    const served = this.#last.then(() => {
      expectGoingOn(this.#signal);
      return serve();
    });
    this.#last = served.catch(() => undefined);
    return served;
  }

  async #serve(indices: ArrayLike<number>): Promise<Codes> {
    this.#expectIndices(indices);
    const missing = this.#table.missing(indices);
    if (missing.length > 0) await this.#encodeMissing(missing);
    return this.#table.read(indices);
  }

  async #encodeMissing(missing: Uint32Array): Promise<void> {
    const start = performance.now();
    const place = { reporter: this.#reporter, signal: this.#signal };
    try {
      await track("encode", missing.length, place, (advance) =>
        this.#images.encode(missing, (indices, codes) => {
          this.#expectFinite(indices, codes);
          this.#table.add(indices, codes);
          advance(indices.length);
        }),
      );
    } finally {
      this.#seconds += (performance.now() - start) / 1000;
    }
  }

  #expectIndices(indices: ArrayLike<number>): void {
    const { size } = this.dataset;
    for (let i = 0; i < indices.length; i += 1) {
      const index = indices[i] ?? Number.NaN;
      if (!(Number.isInteger(index) && index >= 0 && index < size)) throw new RangeError(`encode was asked for image ${index}; there are images 0 to ${size - 1}`);
    }
  }

  #expectFinite(indices: Uint32Array, { mean, logVar }: Codes): void {
    const faulty = [mean, logVar].map((values) => values.findIndex((value) => !Number.isFinite(value))).find((at) => at >= 0);
    if (faulty === undefined) return;
    const image = indices[Math.floor(faulty / this.latentDim)];
    throw new IdganError("METRIC_INPUT", `The encoder of ${this.name} gives NaN or an infinite value for image ${image} of ${this.dataset.name}: its training diverged. Evaluate an earlier checkpoint or another run.`);
  }
}
