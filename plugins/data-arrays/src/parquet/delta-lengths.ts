// Differences in packed bits: https://parquet.apache.org/docs/file-format/data-pages/encodings/#DELTAENC
import { BitReader } from "./run-lengths.js";
import { fromZigzag } from "./thrift-reader.js";

/** Numbers of a block, and numbers that are packed with the same bits: more than any writer has. */
const largestBlock = 2 ** 16;

/** `count` lengths that begin with `bytes`, and how many bytes they take; an `Error` where they are no lengths. */
export function readDeltaLengths(bytes: Uint8Array, count: number): { readonly lengths: Uint32Array; readonly taken: number } {
  const reader = new BitReader(bytes);
  const [block, parts, said] = [reader.varint(), reader.varint(), reader.varint()];
  const perPart = block / parts;
  if (block > largestBlock || !Number.isInteger(perPart) || perPart % 8 !== 0 || perPart === 0) throw new Error(`its lengths are in blocks of ${block} and parts of ${perPart}`);
  if (said !== count) throw new Error(`it has ${said} lengths for ${count} values`);
  const lengths = new Uint32Array(count);
  let value = fromZigzag(reader.varint());
  if (count > 0) lengths[0] = expectLength(value);
  for (let done = 1; done < count; ) {
    const least = fromZigzag(reader.varint());
    const widths = Array.from({ length: parts }, () => reader.bits(8));
    for (const width of widths) {
      // Parts after the last number are not there.
      if (done >= count) break;
      if (width > 32) throw new Error(`its lengths differ by numbers of ${width} bits`);
      const start = reader.at;
      for (let i = 0; i < perPart && done < count; i += 1, done += 1) {
        value += least + reader.bits(width);
        lengths[done] = expectLength(value);
      }
      reader.at = start + (perPart * width) / 8;
    }
  }
  return { lengths, taken: reader.at };
}

function expectLength(value: number): number {
  if (value >= 0 && value < 2 ** 31) return value;
  throw new Error(`it has a value of ${value} bytes`);
}
