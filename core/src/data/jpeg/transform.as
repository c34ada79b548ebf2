// The inverse cosine transform of libjpeg's jidctint.c (Loeffler, Ligtenberg, Moschytz 1989, 12 multiplications), whose rounding is everybody's: 13 bits of
// fraction, columns first, two bits kept between the passes. Eight numbers of 16 bits at a time; products of two numbers are summed in 32 bits.

/** Two constants, by turns. */
// @ts-ignore: decorator
@inline
function pair(a: i32, b: i32): v128 {
  return i32x4.splat((b << 16) | (a & 0xffff));
}

// @ts-ignore: decorator
@inline
function lower(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

// @ts-ignore: decorator
@inline
function upper(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** Eight rows of eight, at `work`; the transform goes down their columns. */
const work: usize = memory.data(128, 16);

// @ts-ignore: decorator
@inline
function half(a04: v128, a26: v128, a17: v128, a35: v128, sums: v128, shift: i32, target: usize): void {
  const rounding = i32x4.splat(1 << (shift - 1));
  const e0 = i32x4.add(i32x4.dot_i16x8_s(a04, pair(8192, 8192)), rounding), e1 = i32x4.add(i32x4.dot_i16x8_s(a04, pair(8192, -8192)), rounding);
  const e2 = i32x4.dot_i16x8_s(a26, pair(4433, -10704)), e3 = i32x4.dot_i16x8_s(a26, pair(10703, 4433));
  const z3 = i32x4.dot_i16x8_s(sums, pair(-6436, 9633)), z4 = i32x4.dot_i16x8_s(sums, pair(9633, 6437));
  const o0 = i32x4.add(i32x4.dot_i16x8_s(a17, pair(-7373, -4927)), z3), o3 = i32x4.add(i32x4.dot_i16x8_s(a17, pair(4926, -7373)), z4);
  const o1 = i32x4.add(i32x4.dot_i16x8_s(a35, pair(-20995, -4176)), z4), o2 = i32x4.add(i32x4.dot_i16x8_s(a35, pair(4177, -20995)), z3);
  const t0 = i32x4.add(e0, e3), t3 = i32x4.sub(e0, e3), t1 = i32x4.add(e1, e2), t2 = i32x4.sub(e1, e2);
  put(target, 0, i32x4.add(t0, o3), shift);
  put(target, 7, i32x4.sub(t0, o3), shift);
  put(target, 1, i32x4.add(t1, o2), shift);
  put(target, 6, i32x4.sub(t1, o2), shift);
  put(target, 2, i32x4.add(t2, o1), shift);
  put(target, 5, i32x4.sub(t2, o1), shift);
  put(target, 3, i32x4.add(t3, o0), shift);
  put(target, 4, i32x4.sub(t3, o0), shift);
}

// @ts-ignore: decorator
@inline
function put(target: usize, row: usize, sum: v128, shift: i32): void {
  const levels = i32x4.shr_s(sum, shift);
  v128.store64_lane(target + row * 16, i16x8.narrow_i32x4_s(levels, levels), 0);
}

/** One pass: eight rows to `work`. */
// @ts-ignore: decorator
@inline
function pass(a0: v128, a1: v128, a2: v128, a3: v128, a4: v128, a5: v128, a6: v128, a7: v128, shift: i32): void {
  const z3 = i16x8.add(a7, a3), z4 = i16x8.add(a5, a1);
  half(lower(a0, a4), lower(a2, a6), lower(a1, a7), lower(a3, a5), lower(z3, z4), shift, work);
  half(upper(a0, a4), upper(a2, a6), upper(a1, a7), upper(a3, a5), upper(z3, z4), shift, work + 8);
}

// @ts-ignore: decorator
@inline
function row(from: usize, i: usize): v128 {
  return v128.load(from + i * 16);
}

// @ts-ignore: decorator
@inline
function scaled(block: usize, quantisers: usize, i: usize): v128 {
  return i16x8.mul(row(block, i), row(quantisers, i));
}

/** Two rows of 16 bits to sixteen samples: what is past the ends is cut, and 128 added. */
// @ts-ignore: decorator
@inline
function samples(a: v128, b: v128): v128 {
  return v128.xor(i8x16.narrow_i16x8_s(a, b), i8x16.splat(-128));
}

/** The largest constant of a block of samples of 8 bits, and what its quantiser may add. */
export const mostConstant: i32 = 1152;
/** Coefficients that are each no larger than this, beside such a constant, overflow nothing. */
export const harmless: i32 = 256;
/** Most that a column's coefficients may have in all: those of a block of 8 bits have 1024 times the root of 8, and 16 bits hold the sums of so much. */
const mostOfColumn: i32 = 2950;

/** Whether the coefficients of a column at `block`, times their quantisers, are more than any picture's. */
export function exceeds(block: usize, quantisers: usize): bool {
  let low = i64x2.splat(0), high = i64x2.splat(0);
  for (let i: usize = 0; i < 8; i += 1) {
    const a = row(block, i), b = row(quantisers, i);
    low = i32x4.add(low, i32x4.abs(i32x4.extmul_low_i16x8_s(a, b)));
    high = i32x4.add(high, i32x4.abs(i32x4.extmul_high_i16x8_s(a, b)));
  }
  return v128.any_true(i32x4.gt_s(i32x4.max_s(low, high), i32x4.splat(mostOfColumn)));
}

/** The samples of the coefficients at `block`, which it sets to zero, times `quantisers`; rows of 16 bits both. */
export function inverseTransform(block: usize, quantisers: usize, target: usize, stride: usize): void {
  const q = quantisers;
  pass(scaled(block, q, 0), scaled(block, q, 1), scaled(block, q, 2), scaled(block, q, 3), scaled(block, q, 4), scaled(block, q, 5), scaled(block, q, 6), scaled(block, q, 7), 11);
  const zero = i64x2.splat(0);
  for (let i: usize = 0; i < 8; i += 1) v128.store(block + i * 16, zero);
  // Rows become columns.
  const l04 = lower(row(work, 0), row(work, 4)), u04 = upper(row(work, 0), row(work, 4)), l26 = lower(row(work, 2), row(work, 6)), u26 = upper(row(work, 2), row(work, 6));
  const l15 = lower(row(work, 1), row(work, 5)), u15 = upper(row(work, 1), row(work, 5)), l37 = lower(row(work, 3), row(work, 7)), u37 = upper(row(work, 3), row(work, 7));
  const e0 = lower(l04, l26), e1 = upper(l04, l26), e2 = lower(u04, u26), e3 = upper(u04, u26);
  const o0 = lower(l15, l37), o1 = upper(l15, l37), o2 = lower(u15, u37), o3 = upper(u15, u37);
  pass(lower(e0, o0), upper(e0, o0), lower(e1, o1), upper(e1, o1), lower(e2, o2), upper(e2, o2), lower(e3, o3), upper(e3, o3), 18);
  // Sixteen samples are two columns; columns become rows.
  const c01 = samples(row(work, 0), row(work, 1)), c23 = samples(row(work, 2), row(work, 3)), c45 = samples(row(work, 4), row(work, 5)), c67 = samples(row(work, 6), row(work, 7));
  const p01 = turned(c01), p23 = turned(c23), p45 = turned(c45), p67 = turned(c67);
  const q0 = lower(p01, p23), q1 = upper(p01, p23), q2 = lower(p45, p67), q3 = upper(p45, p67);
  putRows(target, stride, v128.shuffle<i32>(q0, q2, 0, 4, 1, 5), v128.shuffle<i32>(q0, q2, 2, 6, 3, 7));
  putRows(target + 4 * stride, stride, v128.shuffle<i32>(q1, q3, 0, 4, 1, 5), v128.shuffle<i32>(q1, q3, 2, 6, 3, 7));
}

// @ts-ignore: decorator
@inline
function turned(columns: v128): v128 {
  return v128.shuffle<i8>(columns, columns, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
}

// @ts-ignore: decorator
@inline
function putRows(target: usize, stride: usize, first: v128, second: v128): void {
  v128.store64_lane(target, first, 0);
  v128.store64_lane(target + stride, first, 1);
  v128.store64_lane(target + 2 * stride, second, 0);
  v128.store64_lane(target + 3 * stride, second, 1);
}

/** The samples of a block that has its constant alone. */
export function constantBlock(constant: i32, quantisers: usize, target: usize, stride: usize): void {
  const level = (constant * <i32>load<i16>(quantisers) + 4) >> 3;
  const eight = <i64>(level < -128 ? 0 : level > 127 ? 255 : level + 128) * 0x0101010101010101;
  for (let y: usize = 0; y < 8; y += 1) store<i64>(target + y * stride, eight);
}
