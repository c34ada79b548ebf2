// Planes of samples to pixels, as libjpeg has it: chroma interpolated by triangles (jdsample.c), and JFIF's matrix in 16 bits of fraction (jdcolor.c).

/** One row of chroma at twice the width, at `target`: three parts of `near` and one of `far` down, then the same across. `sums` is room for `2 * columns + 64` bytes. */
function doubledRow(near: usize, far: usize, columns: usize, sums: usize, target: usize, even: i32, odd: i32): void {
  const first = sums + 16;
  for (let i: usize = 0; i < columns; i += 16) {
    const a = v128.load(near + i), b = v128.load(far + i);
    const low = i16x8.add(i16x8.extmul_low_i8x16_u(a, i8x16.splat(3)), i16x8.extend_low_i8x16_u(b));
    const high = i16x8.add(i16x8.extmul_high_i8x16_u(a, i8x16.splat(3)), i16x8.extend_high_i8x16_u(b));
    v128.store(first + 2 * i, low);
    v128.store(first + 2 * i + 16, high);
  }
  store<u16>(first - 2, load<u16>(first));
  store<u16>(first + 2 * columns, load<u16>(first + 2 * columns - 2));
  const three = i16x8.splat(3), evens = i16x8.splat(<i16>even), odds = i16x8.splat(<i16>odd);
  for (let i: usize = 0; i < columns; i += 8) {
    const at = first + 2 * i;
    const weighed = i16x8.mul(v128.load(at), three);
    const left = i16x8.shr_u(i16x8.add(i16x8.add(weighed, v128.load(at - 2)), evens), 4);
    const right = i16x8.shr_u(i16x8.add(i16x8.add(weighed, v128.load(at + 2)), odds), 4);
    v128.store(target + 2 * i, v128.or(left, i16x8.shl(right, 8)));
  }
}

// @ts-ignore: decorator
@inline
function interleaved(a: v128, b: v128, upper: bool): v128 {
  return upper ? v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15) : v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** `(a x + b y + 32768) >> 16` of eight pairs. */
// @ts-ignore: decorator
@inline
function mixed(x: v128, y: v128, weights: v128, rounding: v128): v128 {
  const low = i32x4.add(i32x4.dot_i16x8_s(interleaved(x, y, false), weights), rounding);
  const high = i32x4.add(i32x4.dot_i16x8_s(interleaved(x, y, true), weights), rounding);
  return i16x8.narrow_i32x4_s(i32x4.shr_s(low, 16), i32x4.shr_s(high, 16));
}

// @ts-ignore: decorator
@inline
function redOf(y: v128, cr: v128): v128 {
  return i16x8.add(i16x8.add(y, cr), mixed(cr, i16x8.splat(0), i32x4.splat(26345), i32x4.splat(32768)));
}

// @ts-ignore: decorator
@inline
function greenOf(y: v128, cb: v128, cr: v128): v128 {
  return i16x8.sub(i16x8.add(y, mixed(cb, cr, i32x4.splat((18734 << 16) | (-22554 & 0xffff)), i32x4.splat(32768))), cr);
}

// @ts-ignore: decorator
@inline
function blueOf(y: v128, cb: v128): v128 {
  return i16x8.add(i16x8.add(y, i16x8.shl(cb, 1)), i16x8.q15mulr_sat_s(cb, i16x8.splat(-7471)));
}

/** Sixteen pixels of three planes, one after the other. */
// @ts-ignore: decorator
@inline
function putPixels(target: usize, r: v128, g: v128, b: v128): void {
  v128.store(target, v128.shuffle<i8>(v128.shuffle<i8>(r, g, 0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5), b, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15));
  v128.store(target + 16, v128.shuffle<i8>(v128.shuffle<i8>(r, g, 21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26), b, 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15));
  v128.store(target + 32, v128.shuffle<i8>(v128.shuffle<i8>(r, g, 0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0), b, 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31));
}

function colouredRow(luma: usize, blue: usize, red: usize, width: usize, target: usize): void {
  const centre = i16x8.splat(128);
  for (let x: usize = 0; x < width; x += 16, target += 48) {
    const y = v128.load(luma + x), cb = v128.load(blue + x), cr = v128.load(red + x);
    const y0 = i16x8.extend_low_i8x16_u(y), y1 = i16x8.extend_high_i8x16_u(y);
    const b0 = i16x8.sub(i16x8.extend_low_i8x16_u(cb), centre), b1 = i16x8.sub(i16x8.extend_high_i8x16_u(cb), centre);
    const r0 = i16x8.sub(i16x8.extend_low_i8x16_u(cr), centre), r1 = i16x8.sub(i16x8.extend_high_i8x16_u(cr), centre);
    putPixels(target, i8x16.narrow_i16x8_u(redOf(y0, r0), redOf(y1, r1)), i8x16.narrow_i16x8_u(greenOf(y0, b0, r0), greenOf(y1, b1, r1)), i8x16.narrow_i16x8_u(blueOf(y0, b0), blueOf(y1, b1)));
  }
}

/**
 * `[height, width, 3]` at `target` of a plane of luma and two of chroma, of which `columns` times `rows` samples count, as many as luma or half as many.
 * `room` is for `8 * columns + 256` bytes; 48 bytes past the pixels are written too.
 */
export function toColour(width: usize, height: i32, luma: usize, stride: usize, blue: usize, red: usize, chromaStride: usize, columns: usize, rows: i32, across: i32, down: i32, room: usize, target: usize): void {
  const blues = room + 2 * columns + 64, reds = blues + 2 * columns + 64;
  const even = down == 2 ? 8 : 4, odd = down == 2 ? 7 : 8;
  for (let y = 0; y < height; y += 1) {
    const near = <usize>(down == 2 ? y >> 1 : y) * chromaStride;
    if (across == 2) {
      const far = down == 2 ? <usize>((y & 1) == 0 ? max((y >> 1) - 1, 0) : min((y >> 1) + 1, rows - 1)) * chromaStride : near;
      doubledRow(blue + near, blue + far, columns, room, blues, even, odd);
      doubledRow(red + near, red + far, columns, room, reds, even, odd);
      colouredRow(luma, blues, reds, width, target);
    } else {
      colouredRow(luma, blue + near, red + near, width, target);
    }
    luma += stride;
    target += 3 * width;
  }
}

/** `[height, width, 3]` at `target` of luma alone. */
export function toGrey(width: usize, height: i32, luma: usize, stride: usize, target: usize): void {
  for (let y = 0; y < height; y += 1) {
    for (let x: usize = 0; x < width; x += 16) {
      const grey = v128.load(luma + x);
      putPixels(target + 3 * x, grey, grey, grey);
    }
    luma += stride;
    target += 3 * width;
  }
}
