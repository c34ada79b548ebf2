// AssemblyScript; write-jpeg-program.mjs makes program.ts of this file and its neighbours. Addresses are bytes of the program's memory.
// The entropy-coded data of a baseline JPEG (ITU-T T.81, F.2.2) to planes of samples. Whatever such data should not hold ends it with `false`.
import { inverseTransform, constantBlock, exceeds, harmless, mostConstant } from "./transform";

/** Bits of a code that are looked up at once; the few longer codes are searched. */
const ahead: i32 = 10;
/** A table: `lengths and symbols of short codes`, `values that lie within the bits ahead`, `ends of the lengths`, `their offsets`, `symbols`. */
const valuesAt: usize = 2 << ahead;
const endsAt: usize = valuesAt + (2 << ahead);
const offsetsAt: usize = endsAt + 18 * 4;
const symbolsAt: usize = offsetsAt + 18 * 4;

/** Where the coefficient at each place of the zigzag goes; places past the end are nobody's. */
const zigzag: usize = memory.data<u8>([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
  63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
]);
const block: usize = memory.data(128, 16);

/** The data between `source` and `end` without what is stuffed into it, at `target`, and from where to where each restart's part of it goes, at `parts`; how many parts, or 0. */
export function collect(source: usize, end: usize, target: usize, parts: usize, most: i32): i32 {
  const ones = i8x16.splat(-1);
  store<u32>(parts, <u32>target);
  for (let count = 1; source < end; ) {
    const sixteen = v128.load(source);
    v128.store(target, sixteen);
    const found = i8x16.bitmask(i8x16.eq(sixteen, ones));
    if (found == 0) {
      source += 16;
      target += 16;
      continue;
    }
    const plain = ctz(found);
    source += plain + 2;
    target += plain;
    if (source > end) return 0;
    const marker = <i32>load<u8>(source - 1);
    if (marker == 0) {
      target += 1;
      continue;
    }
    store<u32>(parts + 4, <u32>target);
    if (marker == 0xd9) return count;
    if (marker != 0xd0 + ((count - 1) & 7) || count >= most) return 0;
    parts += 8;
    count += 1;
    store<u32>(parts, <u32>target);
  }
  return 0;
}

/** The table of a code at `target`: `lengths`, 16 bytes, says how many codes are how long, `symbols`, what they mean: of `mask`, sizes up to `mostSize`. Whether there is such a code. */
export function buildTable(lengths: usize, symbols: usize, target: usize, mask: i32, mostSize: i32): bool {
  memory.fill(target, 0, endsAt);
  let code = 0, index = 0;
  for (let length = 1; length <= 16; length += 1) {
    const many = <i32>load<u8>(lengths + length - 1);
    store<i32>(target + offsetsAt + length * 4, index - code);
    for (const last = index + many; index < last; index += 1, code += 1) {
      // A code of ones alone is nobody's.
      if (code + 1 >= 1 << length || index > 255) return false;
      const symbol = <i32>load<u8>(symbols + index);
      const size = symbol & mask;
      if (size > mostSize) return false;
      store<u8>(target + symbolsAt + index, symbol);
      if (length > ahead) continue;
      const spare = ahead - length;
      for (let rest = 0; rest < 1 << spare; rest += 1) {
        const at = target + (((code << spare) | rest) << 1);
        store<u16>(at, (length << 8) | symbol);
        if (size == 0 || size > spare) continue;
        const raw = rest >> (spare - size);
        const value = raw < 1 << (size - 1) ? raw - (1 << size) + 1 : raw;
        if (value >= -128 && value <= 127) store<i16>(at + valuesAt, (value << 8) | (symbol & 0xf0) | (length + size));
      }
    }
    store<u32>(target + endsAt + length * 4, <u32>code << (16 - length));
    code <<= 1;
  }
  return true;
}

/** Length and symbol of a code longer than `ahead`, or 0. */
function longCode(table: usize, bits: u32): i32 {
  for (let length = ahead + 1; length <= 16; length += 1) {
    if (bits < load<u32>(table + endsAt + length * 4)) {
      const index = <i32>(bits >> (16 - length)) + load<i32>(table + offsetsAt + length * 4);
      return (length << 8) | <i32>load<u8>(table + symbolsAt + (index & 255));
    }
  }
  return 0;
}

/** The number of `size` bits that a value is written as (F.2.2.1). */
// @ts-ignore: decorator
@inline
function extended(bits: u64, size: i32): i32 {
  const raw = <i32>(bits >> (64 - size));
  return <i64>bits < 0 ? raw : raw - (1 << size) + 1;
}

// @ts-ignore: decorator
@inline
function nextBits(at: usize, left: i32): u64 {
  return <u64>bswap<u32>(load<u32>(at)) << (32 - left);
}

/**
 * Decodes the blocks of `count` components, nine words at `components` each: blocks of a unit across and down, quantisers, table of DC, of AC, plane, its stride, 0, the largest quantiser.
 * Coefficients that no picture of 8 bits has end it too: libjpeg's form for each kind of processor overflows in its own way.
 * There are `across` times `down` units, and a new part after `interval`, where that is not 0.
 */
export function decodeScan(count: i32, components: usize, across: i32, down: i32, interval: i32, parts: usize): bool {
  let bits: u64 = 0, left = 0, at: usize = load<u32>(parts), end: usize = load<u32>(parts + 4), begun = at, units = interval;
  memory.fill(block, 0, 128);
  for (let row = 0; row < down; row += 1) {
    for (let column = 0; column < across; column += 1) {
      if (interval != 0 && units == 0) {
        if (!atEnd(begun, at, end, left)) return false;
        parts += 8;
        begun = at = load<u32>(parts);
        end = load<u32>(parts + 4);
        bits = 0;
        left = 0;
        units = interval;
        for (let c = 0; c < count; c += 1) store<i32>(components + c * 36 + 28, 0);
      }
      units -= 1;
      if (at > end + 8) return false;
      for (let c = 0; c < count; c += 1) {
        const component = components + c * 36;
        const wide = load<i32>(component), high = load<i32>(component + 4), quantisers: usize = load<u32>(component + 8);
        const direct: usize = load<u32>(component + 12), alternating: usize = load<u32>(component + 16), stride: usize = load<u32>(component + 24);
        for (let y = 0; y < high; y += 1) {
          for (let x = 0; x < wide; x += 1) {
            if (left < 32) {
              bits |= nextBits(at, left);
              at += 4;
              left += 32;
            }
            let entry = <i32>load<u16>(direct + (<usize>(bits >> (64 - ahead)) << 1));
            if (entry == 0) {
              entry = longCode(direct, <u32>(bits >> 48));
              if (entry == 0) return false;
            }
            bits <<= entry >> 8;
            left -= entry >> 8;
            let size = entry & 255;
            let constant = load<i32>(component + 28);
            if (size != 0) {
              constant += extended(bits, size);
              bits <<= size;
              left -= size;
              store<i32>(component + 28, constant);
            }
            if (abs(constant * <i32>load<i16>(quantisers)) > mostConstant) return false;
            store<i16>(block, constant);
            let k: usize = 1, peak = 0;
            while (k < 64) {
              if (left < 32) {
                bits |= nextBits(at, left);
                at += 4;
                left += 32;
              }
              const code = alternating + (<usize>(bits >> (64 - ahead)) << 1);
              const short = <i32>load<i16>(code, valuesAt);
              if (short != 0) {
                k += (short >> 4) & 15;
                bits <<= short & 15;
                left -= short & 15;
                store<i16>(block + (<usize>load<u8>(zigzag + k) << 1), short >> 8);
                peak |= abs(short >> 8);
                k += 1;
                continue;
              }
              entry = <i32>load<u16>(code);
              if (entry == 0) {
                entry = longCode(alternating, <u32>(bits >> 48));
                if (entry == 0) return false;
              }
              bits <<= entry >> 8;
              left -= entry >> 8;
              size = entry & 15;
              const zeros = (entry >> 4) & 15;
              if (size == 0) {
                if (zeros != 15) {
                  if (zeros != 0) return false;
                  break;
                }
                k += 16;
                continue;
              }
              k += zeros;
              const value = extended(bits, size);
              store<i16>(block + (<usize>load<u8>(zigzag + k) << 1), value);
              peak |= abs(value);
              bits <<= size;
              left -= size;
              k += 1;
            }
            if (k > 64) return false;
            const target: usize = <usize>load<u32>(component + 20) + <usize>((row * high + y) << 3) * stride + <usize>((column * wide + x) << 3);
            if (peak == 0) {
              constantBlock(constant, quantisers, target, stride);
            } else {
              if (peak * load<i32>(component + 32) > harmless && exceeds(block, quantisers)) return false;
              inverseTransform(block, quantisers, target, stride);
            }
          }
        }
      }
    }
  }
  return atEnd(begun, at, end, left);
}

/** Whether all bits of a part were used but for those that fill its last byte. */
function atEnd(begun: usize, at: usize, end: usize, left: i32): bool {
  const rest = (<i32>(end - begun) << 3) - ((<i32>(at - begun) << 3) - left);
  return rest >= 0 && rest < 8;
}
