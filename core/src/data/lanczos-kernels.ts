/** The part [`from`, `to`) of a side of `source` pixels once it has `target` pixels. */
export interface Span {
  readonly source: number;
  readonly target: number;
  readonly from: number;
  readonly to: number;
}

/** A record for each pixel of a span: the first source pixel (i32) and `taps` weights (i16, in 1/16384), as resample.wat reads them. */
export interface Kernels {
  readonly taps: number;
  /** The source pixels that any of them takes: from `first` to before `end`. */
  readonly first: number;
  readonly end: number;
  readonly table: Uint8Array;
}

const support = 3;
const whole = 2 ** 14;
/** The program takes taps by fours. */
const tapsAtOnce = 4;

/** The filter at steps of 1/4096; between them, straight lines are off by 1e-7, where a weight has steps of 6e-5. */
const steps = 4096;
const filter = Float64Array.from({ length: support * steps + 2 }, (_, i) => (i < support * steps ? sinc(i / steps) * sinc(i / steps / support) : 0));

/** Of the spans that were asked for last: most pictures of a data set are of few sizes. */
const remembered = new Map<string, Kernels>();
const mostRemembered = 64;

/** The kernels of the span's pixels, whose weights sum to 1 each. */
export function lanczosKernels(span: Span): Kernels {
  const key = `${span.source}/${span.target}/${span.from}/${span.to}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const kernels = kernelsOf(span);
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(key, kernels);
  return kernels;
}

function recordBytes(taps: number): number {
  return 4 + 2 * taps;
}

function kernelsOf({ source, target, from, to }: Span): Kernels {
  const step = source / target;
  const stretch = Math.max(step, 1);
  const reach = source === target ? 0 : support * stretch;
  const widest = Math.max(1, Math.min(source, Math.ceil(2 * reach) + 1));
  const taps = tapsAtOnce * Math.ceil(widest / tapsAtOnce);
  const table = new Uint8Array((to - from) * recordBytes(taps));
  const records = new DataView(table.buffer);
  const weights = new Float64Array(taps);
  let lowest = source;
  let highest = 0;
  for (let i = from, at = 0; i < to; i += 1, at += recordBytes(taps)) {
    const center = (i + 0.5) * step;
    const first = source === target ? i : Math.max(0, Math.trunc(center - reach + 0.5));
    const end = source === target ? i + 1 : Math.min(source, Math.trunc(center + reach + 0.5));
    lowest = Math.min(lowest, first);
    highest = Math.max(highest, end);
    let sum = 0;
    for (let tap = 0; tap < end - first; tap += 1) {
      const weight = source === target ? 1 : weightAt(Math.abs(first + tap - center + 0.5) / stretch);
      weights[tap] = weight;
      sum += weight;
    }
    records.setInt32(at, first, true);
    // Rounded as they add up: together they are 1 to the last bit, so that a plain colour stays what it is, and what one lacks its neighbour has.
    let exact = 0;
    let given = 0;
    for (let tap = 0; tap < end - first; tap += 1) {
      exact += ((weights[tap] as number) / sum) * whole;
      const weight = Math.round(exact) - given;
      given += weight;
      records.setInt16(at + 4 + 2 * tap, weight, true);
    }
  }
  return { taps, first: lowest, end: highest, table };
}

function weightAt(distance: number): number {
  if (distance >= support) return 0;
  const place = distance * steps;
  const below = Math.trunc(place);
  const low = filter[below] as number;
  return low + (place - below) * ((filter[below + 1] as number) - low);
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
