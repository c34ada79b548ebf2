import type { Engine } from "../../contract/engine.js";
import { IdganError } from "../../contract/error.js";
import { describeSpace, type ImageSpace } from "../../contract/image-space.js";
import type { Codes } from "../../contract/subject.js";
import type { VaeBackbone } from "../../contract/vae-backbone.js";
import { frozenView } from "../../stages/freeze.js";
import { Viewer } from "../viewer.js";
import type { OpenGenerator } from "./open-generator.js";

type EncodePixels = (pixels: Float32Array) => Promise<Codes>;
type Decode = (c: Float32Array) => Promise<Float32Array>;
type Generate = (s: Float32Array, c: Float32Array) => Promise<Float32Array>;

/** The networks of a subject as metrics use them, each compiled when it is first asked for. */
export class SubjectModels {
  readonly #viewer: Viewer;
  readonly #vae: VaeBackbone;
  readonly #encoders = new Map<string, Promise<EncodePixels>>();
  #decode: Promise<Decode> | undefined;
  #generate: Promise<Generate> | undefined;

  constructor(engine: Engine, vae: VaeBackbone, readonly name: string) {
    this.#viewer = new Viewer(engine);
    this.#vae = vae;
  }

  async encode(pixels: Float32Array, image: ImageSpace): Promise<Codes> {
    const width = image.height * image.width * image.channels;
    expectRows(`encodeImages, images of ${describeSpace(image)}`, pixels, width);
    if (image.channels !== this.#vae.encoder.input.channels) {
      throw new IdganError("METRIC_INPUT", `The encoder of ${this.name} takes ${describeSpace(this.#vae.encoder.input)}, and was asked for codes of ${describeSpace(image)}: the channels differ.`);
    }
    if (pixels.length === 0) return { mean: new Float32Array(), logVar: new Float32Array() };
    const key = describeSpace(image);
    const made = this.#encoders.get(key) ?? this.#viewer.encoder({ encoder: frozenView(this.#vae.encoder, image, "") });
    this.#encoders.set(key, made);
    const codes = await (await made)(pixels);
    this.#expectFinite(codes.mean, "encoder");
    this.#expectFinite(codes.logVar, "encoder");
    return codes;
  }

  async decode(c: Float32Array): Promise<Float32Array> {
    expectRows("decode, codes", c, this.#vae.encoder.latentDim);
    if (c.length === 0) return new Float32Array();
    this.#decode ??= this.#viewer.decoder(this.#vae);
    return this.#expectFinite(await (await this.#decode)(c), "decoder");
  }

  async generate({ generator }: OpenGenerator, s: Float32Array, c: Float32Array): Promise<Float32Array> {
    const rows = expectRows("generate, codes", c, generator.latentDim);
    if (s.length !== rows * generator.nuisanceDim) throw new RangeError(`generate was given ${rows} codes and ${s.length} numbers as s, which are not as many rows of ${generator.nuisanceDim}`);
    if (rows === 0) return new Float32Array();
    this.#generate ??= this.#viewer.generator(generator);
    return this.#expectFinite(await (await this.#generate)(s, c), "generator");
  }

  async dispose(): Promise<void> {
    await this.#viewer.dispose();
  }

  #expectFinite(values: Float32Array, network: string): Float32Array {
    if (values.every(Number.isFinite)) return values;
    throw new IdganError("METRIC_INPUT", `The ${network} of ${this.name} gives NaN or an infinite value: its training diverged. Evaluate an earlier checkpoint or another run.`);
  }
}

function expectRows(what: string, values: Float32Array, width: number): number {
  const rows = values.length / width;
  if (!Number.isInteger(rows)) throw new RangeError(`${what}: ${values.length} numbers are no whole number of rows of ${width}`);
  return rows;
}
