// Snappy's format: https://github.com/google/snappy/blob/main/format_description.txt

/** Bytes of the distance that a copy goes back, by the kind of the element; 0 is a literal. */
const distanceBytes = [0, 1, 2, 4] as const;

/** `input` unpacked, which must come to `length` bytes; an `Error` says what is wrong with it. */
export function unpackSnappy(input: Uint8Array, length: number): Uint8Array {
  let at = 0;
  const number = (bytes: number): number => {
    let value = 0;
    for (let i = 0; i < bytes; i += 1) value += byteAt(input, at + i) * 2 ** (8 * i);
    at += bytes;
    return value;
  };
  let said = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = number(1);
    said += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (said !== length) throw new Error(`Snappy's data says that it unpacks to ${said} bytes, its page ${length}`);
  const output = new Uint8Array(length);
  let done = 0;
  while (at < input.length) {
    const tag = number(1);
    const kind = (tag & 3) as 0 | 1 | 2 | 3;
    if (kind === 0) {
      const size = 1 + (tag >> 2 < 60 ? tag >> 2 : number((tag >> 2) - 59));
      if (size > input.length - at || size > length - done) throw new Error("Snappy's data has a literal that is too long");
      output.set(input.subarray(at, at + size), done);
      at += size;
      done += size;
    } else {
      const size = kind === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
      const distance = number(distanceBytes[kind]) + (kind === 1 ? (tag >> 5) * 256 : 0);
      if (distance < 1 || distance > done || size > length - done) throw new Error("Snappy's data has a copy of what is not there");
      for (const end = done + size; done < end; done += 1) output[done] = output[done - distance] as number;
    }
  }
  if (done !== length) throw new Error("Snappy's data ends too early");
  return output;
}

function byteAt(input: Uint8Array, place: number): number {
  const byte = input[place];
  if (byte === undefined) throw new Error("Snappy's data ends too early");
  return byte;
}
