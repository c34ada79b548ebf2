import { IdganError } from "../contract/error.js";
import { countOf, type NpyHeader } from "./npy-header.js";
import { decodeNumbers } from "./number-type.js";

/** One array of numbers, read in order: an archive's may be deflated, and larger than memory. */
export interface NumberArray {
  readonly name: string;
  readonly header: NpyHeader;
  /** The bytes of the numbers, in pieces that hold whole runs of `bytes` each, many at a time. Throws `DATA_INVALID` where they are fewer than the shape says, or more. */
  runs(bytes: number): AsyncGenerator<Buffer>;
  /** All numbers, which must be at most `most`. */
  numbers(most: number): Promise<Float64Array>;
}

/** Bytes of runs that are handed over at a time. */
const handedBytes = 2 ** 20;

/** The array with this header in the bytes that `open` gives, header included; `label` is what messages call it. */
export function createNumberArray(name: string, label: string, header: NpyHeader, open: () => AsyncIterable<Buffer>): NumberArray {
  const bytes = countOf(header.shape) * header.type.bytes;
  const runs = async function* (run: number): AsyncGenerator<Buffer> {
    if (bytes % run !== 0) throw new IdganError("INTERNAL", `${label}: ${bytes} bytes are no whole number of runs of ${run}.`);
    yield* regroup(skip(open(), header.offset), run, bytes, label);
  };
  return {
    name,
    header,
    runs,
    async numbers(most) {
      if (countOf(header.shape) > most) throw new IdganError("DATA_INVALID", `The array ${label} has ${countOf(header.shape)} numbers, more than the ${most} that are read at once. Check that it is the right one.`);
      const whole = new Float64Array(countOf(header.shape));
      let at = 0;
      for await (const piece of runs(header.type.bytes)) {
        const part = decodeNumbers(piece, header.type);
        whole.set(part, at);
        at += part.length;
      }
      return whole;
    },
  };
}

async function* skip(pieces: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let left = count;
  for await (const piece of pieces) {
    if (left < piece.length) yield left === 0 ? piece : piece.subarray(left);
    left = Math.max(0, left - piece.length);
  }
}

/** The same bytes in pieces of whole runs. */
async function* regroup(pieces: AsyncIterable<Buffer>, run: number, total: number, label: string): AsyncGenerator<Buffer> {
  const size = Math.max(run, Math.floor(handedBytes / run) * run);
  let block = Buffer.allocUnsafe(Math.min(size, total));
  let filled = 0;
  let done = 0;
  for await (const piece of pieces) {
    if (done + filled + piece.length > total) throw damaged(label, "more");
    for (let at = 0; at < piece.length; ) {
      const taken = piece.copy(block, filled, at);
      filled += taken;
      at += taken;
      if (filled === block.length) {
        done += filled;
        yield block;
        block = Buffer.allocUnsafe(Math.min(size, total - done));
        filled = 0;
      }
    }
  }
  if (done + filled !== total) throw damaged(label, "fewer");
}

function damaged(label: string, how: "more" | "fewer"): IdganError {
  return new IdganError("DATA_INVALID", `The array ${label} has ${how} numbers than its shape says: it is truncated or damaged. Fetch it again.`);
}
