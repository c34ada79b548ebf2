import { IdganError, type CodeDraw, type Codes, type DrawnLatents, type ImageSpace, type Measurement, type Subject } from "@idgan/core";

/** Something that makes images of codes: the generator that is judged, or a baseline. */
export interface Source {
  /** `generator`, `VAE decoder`, `generator, c of the prior`, or the folder of another run. */
  readonly name: string;
  /** Whose encoder reads its images. */
  readonly subject: Subject;
  /** Where its codes come from. */
  readonly code: CodeDraw;
  /** 0 for a decoder. */
  readonly nuisanceDim: number;
  readonly image: ImageSpace;
  draw(count: number, name: string): Promise<DrawnLatents>;
  /** Images in [0, 1] for s `[n, nuisanceDim]` and c `[n, latentDim]`. */
  paint(s: Float32Array, c: Float32Array): Promise<Float32Array>;
}

/** Images that are painted and read at a time: 64, or fewer of large ones, whose pixels would fill the memory. */
function rowsAtOnce({ height, width }: ImageSpace): number {
  return Math.max(1, Math.min(64, Math.floor(2 ** 22 / (height * width))));
}

/**
 * The run's generator first, on codes as it was trained, then the baselines: the VAE's own decoder on the same codes, the generator on codes that it was not trained
 * on, and the generators of the runs beside it. Throws `METRIC_INPUT` where the run has no generator.
 */
export async function openSources(measurement: Measurement): Promise<readonly [Source, ...Source[]]> {
  const own = await openGeneratorSource(measurement, measurement.seed, "generator");
  const other: CodeDraw = own.code === "prior" ? "posterior" : "prior";
  const swapped: Source = { ...own, name: `generator, c of the ${other}`, code: other, draw: (count, name) => drawOf(measurement, measurement.seed, own.nuisanceDim)(count, name, other) };
  const decoder: Source = { ...own, name: "VAE decoder", nuisanceDim: 0, image: measurement.dataset.image, paint: (_, c) => measurement.decode(c) };
  const beside = measurement.others.filter(({ hasGenerator }) => hasGenerator);
  const others = await Promise.all(beside.map((subject) => openGeneratorSource(subject, measurement.seed, subject.name)));
  return [own, decoder, swapped, ...others];
}

async function openGeneratorSource(subject: Subject, seed: number, name: string): Promise<Source> {
  const { nuisanceDim, image, code: trained, generate } = await subject.openGenerator();
  // A generator that was trained on means is judged on samples: of points alone there is no density, and no entropy.
  const code = trained === "mean" ? "posterior" : trained;
  return { name, subject, code, nuisanceDim, image, paint: generate, draw: (count, stream) => drawOf(subject, seed, nuisanceDim)(count, stream, code) };
}

function drawOf(subject: Subject, seed: number, nuisanceDim: number) {
  return async (count: number, name: string, code: CodeDraw): Promise<DrawnLatents> => {
    const { draw } = await subject.openGenerator();
    const drawn = await draw({ count, seed, name: `distillation/${name}`, code });
    return drawn.s.length === count * nuisanceDim ? drawn : { ...drawn, s: new Float32Array(count * nuisanceDim) };
  };
}

/** The encoder's reading of the images that `source` paints, row by row. */
export async function readImages(source: Source, s: Float32Array, c: Float32Array, advance: (images: number) => void): Promise<Codes> {
  const { subject, image, nuisanceDim, paint } = source;
  const { latentDim } = subject;
  const count = c.length / latentDim;
  const read = { mean: new Float32Array(c.length), logVar: new Float32Array(c.length) };
  const step = rowsAtOnce(image);
  for (let start = 0; start < count; start += step) {
    const end = Math.min(start + step, count);
    const pixels = await paint(s.subarray(start * nuisanceDim, end * nuisanceDim), c.subarray(start * latentDim, end * latentDim));
    const codes = await subject.encodeImages(pixels, image);
    read.mean.set(codes.mean, start * latentDim);
    read.logVar.set(codes.logVar, start * latentDim);
    advance(end - start);
  }
  const fault = read.mean.findIndex((mean, i) => !Number.isFinite(mean) || !(Math.abs(read.logVar[i] ?? Number.NaN) < 700));
  if (fault >= 0) {
    throw new IdganError("METRIC_INPUT", `${source.name}: the encoder reads a mean of ${read.mean[fault]} and a log variance of ${read.logVar[fault]} from an image. The run has diverged: evaluate an earlier checkpoint, or train it again at a lower learning rate.`);
  }
  return read;
}
