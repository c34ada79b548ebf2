import type { Dataset } from "../contract/dataset.js";
import type { Engine } from "../contract/engine.js";
import type { Generator, SamplingAbilities } from "../contract/gan-backbone.js";
import type { VaeBackbone } from "../contract/vae-backbone.js";
import { createStream, type RandomStream } from "../ops/random/stream.js";
import type { CodeSource } from "../stages/code.js";
import type { FixedControls } from "../stages/viewing-steps.js";
import type { Codes } from "../contract/subject.js";
import { rankingIndices, Viewer } from "./viewer.js";

export interface StudioSetting {
  readonly engine: Engine;
  readonly seed: number;
  readonly vae: VaeBackbone;
  readonly vaeData: Dataset;
  readonly generator?: Generator;
  /** At the generator's size; the same images as `vaeData`, under the same indices. */
  readonly ganData?: Dataset;
  /** Where the generator's codes came from in training. Default `paired`. */
  readonly code?: CodeSource;
  /** How the generator's images are made, where it heeds them. */
  readonly controls?: FixedControls;
}

/** The models of a run ready to make pictures of: what scenes are drawn from. */
export class Studio {
  readonly seed: number;
  readonly vae: VaeBackbone;
  readonly vaeData: Dataset;
  readonly ganData: Dataset;
  readonly code: CodeSource;
  readonly latentDim: number;
  readonly nuisanceDim: number;
  readonly encode: (x: Float32Array) => Promise<Codes>;
  readonly decode: (c: Float32Array) => Promise<Float32Array>;
  readonly generate: (s: Float32Array, c: Float32Array) => Promise<Float32Array>;
  /** What its generator can do beyond s and c. */
  readonly sampling: SamplingAbilities;
  readonly #viewer: Viewer;
  readonly #setting: StudioSetting;

  private constructor(setting: StudioSetting, viewer: Viewer, made: Pick<Studio, "encode" | "decode" | "generate">) {
    this.seed = setting.seed;
    this.vae = setting.vae;
    this.vaeData = setting.vaeData;
    this.ganData = setting.ganData ?? setting.vaeData;
    this.code = setting.code ?? "paired";
    this.latentDim = setting.vae.encoder.latentDim;
    this.nuisanceDim = setting.generator?.nuisanceDim ?? 0;
    this.encode = made.encode;
    this.decode = made.decode;
    this.generate = made.generate;
    this.sampling = setting.generator?.sampling ?? { truncates: false, mixes: false, layers: 0 };
    this.#viewer = viewer;
    this.#setting = setting;
  }

  static async open(setting: StudioSetting): Promise<Studio> {
    const viewer = new Viewer(setting.engine);
    const encode = await viewer.encoder(setting.vae);
    const decode = await viewer.decoder(setting.vae);
    const generate = setting.generator ? await viewer.generator(setting.generator, setting.controls) : () => Promise.reject(new Error("This studio has no generator."));
    return new Studio(setting, viewer, { encode, decode, generate });
  }

  /** Makes images of s and c whose layers from `from` on have the styles of other nuisances. */
  mixer(from: number): Promise<(s: Float32Array, c: Float32Array, mixed: Float32Array) => Promise<Float32Array>> {
    const { generator, controls } = this.#setting;
    return generator ? this.#viewer.mixer(generator, from, controls) : Promise.reject(new Error("This studio has no generator."));
  }

  stream(name: string): RandomStream {
    return createStream(this.seed, `pictures/${name}`);
  }

  /** Indices that are shown in every picture of a run, so that pictures can be compared. */
  shown(count: number): Uint32Array {
    return this.stream("shown").integers(0, count, this.vaeData.size);
  }

  async codesOf(indices: Uint32Array): Promise<Codes> {
    return this.encode(await this.vaeData.batch(indices));
  }

  /** Posteriors of images from all over the dataset. */
  async codesOfMany(): Promise<Codes> {
    return this.codesOf(rankingIndices(this.vaeData));
  }

  async dispose(): Promise<void> {
    await this.#viewer.dispose();
  }
}
