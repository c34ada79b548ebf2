// One damaged file for each number: a pure function of the number, so that a fault that was found can be made again.
import { crc32 } from "node:zlib";
import { createStream } from "@idgan/core";

/** Numbers at which lengths, counts and offsets go wrong. */
const edges = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

export function mutate(reader, seed) {
  const { uniform } = createStream(seed, `fuzz/${reader.name}`);
  const numbers = uniform(0, 256);
  let drawn = 0;
  const below = (limit) => Math.floor(numbers[drawn++ % numbers.length] * limit);
  let file = Buffer.from(reader.samples[below(reader.samples.length)]);
  for (let change = 1 + below(4); change > 0; change -= 1) file = damages[below(damages.length)](file, below, reader);
  // Half of the damage would otherwise go no further than a checksum.
  return reader.name === "png" && below(2) === 0 ? withChecksums(file) : file;
}

/** A PNG whose chunks have the checksums of what they hold. */
function withChecksums(file) {
  const copy = Buffer.from(file);
  for (let at = 8; at + 12 <= copy.length; ) {
    const end = at + 8 + copy.readUInt32BE(at);
    if (end + 4 > copy.length) break;
    copy.writeUInt32BE(crc32(copy.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return copy;
}

const damages = [
  (file, below) => altered(file, below(file.length), (byte) => byte ^ (1 << below(8))),
  (file, below) => altered(file, below(file.length), () => [0, 0xff, 0x7f, 0x80][below(4)]),
  (file, below) => altered(file, below(Math.min(64, file.length)), () => below(256)),
  (file, below) => file.subarray(0, below(file.length + 1)),
  (file, below) => {
    const [from, length] = [below(file.length), 1 + below(64)];
    return Buffer.concat([file.subarray(0, from), file.subarray(from + length)]);
  },
  (file, below) => {
    const [from, length, to] = [below(file.length), 1 + below(64), below(file.length)];
    return Buffer.concat([file.subarray(0, to), file.subarray(from, from + length), file.subarray(to)]);
  },
  (file, below, { samples }) => {
    const other = samples[below(samples.length)];
    return Buffer.concat([file.subarray(0, below(file.length)), other.subarray(below(other.length))]);
  },
  (file, below) => edge(file, below, 2),
  (file, below) => edge(file, below, 4),
  (file, below) => edge(file, below, 4),
];

function altered(file, place, change) {
  if (file.length === 0) return file;
  const copy = Buffer.from(file);
  copy[place] = change(copy[place]);
  return copy;
}

/** An edge of two or four bytes somewhere, in either byte order. */
function edge(file, below, bytes) {
  if (file.length < bytes) return file;
  const copy = Buffer.from(file);
  const value = edges[below(edges.length)] % 2 ** (8 * bytes);
  const place = below(file.length - bytes + 1);
  if (below(2) === 0) copy.writeUIntLE(value, place, bytes);
  else copy.writeUIntBE(value, place, bytes);
  return copy;
}
