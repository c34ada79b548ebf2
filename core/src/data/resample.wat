;; The two passes of a resampling of `[height, width, 3]` bytes: sums of weighted pixels, in whole numbers, 8 or 16 bytes at a time.
;; A kernel table has a record for each pixel of the target: the first source pixel (i32), then `taps` weights (i16, in 1/16384), zeros at the end;
;; `taps` is a multiple of 4. Table and target may be read or written up to 16 bytes past their end, the source of columns `taps` pixels, that of rows `taps` rows.
;; `node core/src/data/write-programs.mjs` makes resample-program.ts of it.
(module
  (memory (export "memory") 1)

  ;; `[height, width, 3]` to `[height, columns, 3]`.
  (func (export "resampleColumns")
    (param $source i32) (param $target i32) (param $kernels i32) (param $width i32) (param $height i32) (param $columns i32) (param $taps i32)
    (local $row i32) (local $column i32) (local $kernel i32) (local $from i32) (local $end i32) (local $pixels v128) (local $sums v128)
    (local.set $row (i32.const 0))
    (block $rowsDone (loop $rows
      (br_if $rowsDone (i32.ge_u (local.get $row) (local.get $height)))
      (local.set $kernel (local.get $kernels))
      (local.set $column (i32.const 0))
      (block $columnsDone (loop $nextColumn
        (br_if $columnsDone (i32.ge_u (local.get $column) (local.get $columns)))
        (local.set $from (i32.add (local.get $source) (i32.mul (i32.load (local.get $kernel)) (i32.const 3))))
        (local.set $kernel (i32.add (local.get $kernel) (i32.const 4)))
        (local.set $end (i32.add (local.get $kernel) (i32.shl (local.get $taps) (i32.const 1))))
        (local.set $sums (i32x4.splat (i32.const 8192)))
        (loop $nextTaps
          ;; Four pixels: red, green and blue of the first two side by side, then of the last two.
          (local.set $pixels (v128.load align=1 (local.get $from)))
          (local.set $sums (i32x4.add (local.get $sums) (i32x4.dot_i16x8_s
            (i8x16.shuffle 0 16 3 16 1 16 4 16 2 16 5 16 16 16 16 16 (local.get $pixels) (v128.const i32x4 0 0 0 0))
            (v128.load32_splat align=1 (local.get $kernel)))))
          (local.set $sums (i32x4.add (local.get $sums) (i32x4.dot_i16x8_s
            (i8x16.shuffle 6 16 9 16 7 16 10 16 8 16 11 16 16 16 16 16 (local.get $pixels) (v128.const i32x4 0 0 0 0))
            (v128.load32_splat offset=4 align=1 (local.get $kernel)))))
          (local.set $from (i32.add (local.get $from) (i32.const 12)))
          (local.set $kernel (i32.add (local.get $kernel) (i32.const 8)))
          (br_if $nextTaps (i32.lt_u (local.get $kernel) (local.get $end))))
        ;; The fourth byte is nobody's: the next pixel is written over it.
        (local.set $sums (i32x4.shr_s (local.get $sums) (i32.const 14)))
        (local.set $sums (i16x8.narrow_i32x4_s (local.get $sums) (local.get $sums)))
        (v128.store32_lane align=1 0 (local.get $target) (i8x16.narrow_i16x8_u (local.get $sums) (local.get $sums)))
        (local.set $target (i32.add (local.get $target) (i32.const 3)))
        (local.set $column (i32.add (local.get $column) (i32.const 1)))
        (br $nextColumn)))
      (local.set $source (i32.add (local.get $source) (i32.mul (local.get $width) (i32.const 3))))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br $rows))))

  ;; Rows of `stride` bytes to `rows` such rows.
  (func (export "resampleRows")
    (param $source i32) (param $target i32) (param $kernels i32) (param $stride i32) (param $rows i32) (param $taps i32)
    (local $row i32) (local $byte i32) (local $kernel i32) (local $from i32) (local $end i32) (local $weights v128)
    (local $upper v128) (local $lower v128) (local $pairs v128) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $row (i32.const 0))
    (block $rowsDone (loop $nextRow
      (br_if $rowsDone (i32.ge_u (local.get $row) (local.get $rows)))
      (local.set $byte (i32.const 0))
      (loop $nextBytes
        (local.set $kernel (i32.add (local.get $kernels) (i32.const 4)))
        (local.set $end (i32.add (local.get $kernel) (i32.shl (local.get $taps) (i32.const 1))))
        (local.set $from (i32.add (i32.add (local.get $source) (local.get $byte)) (i32.mul (i32.load (local.get $kernels)) (local.get $stride))))
        (local.set $a (i32x4.splat (i32.const 8192)))
        (local.set $b (local.get $a))
        (local.set $c (local.get $a))
        (local.set $d (local.get $a))
        (loop $nextTaps
          ;; Sixteen bytes of two rows, those of a column side by side.
          (local.set $weights (v128.load32_splat align=1 (local.get $kernel)))
          (local.set $upper (v128.load align=1 (local.get $from)))
          (local.set $lower (v128.load align=1 (i32.add (local.get $from) (local.get $stride))))
          (local.set $pairs (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get $upper) (local.get $lower)))
          (local.set $a (i32x4.add (local.get $a) (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_u (local.get $pairs)) (local.get $weights))))
          (local.set $b (i32x4.add (local.get $b) (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_u (local.get $pairs)) (local.get $weights))))
          (local.set $pairs (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31 (local.get $upper) (local.get $lower)))
          (local.set $c (i32x4.add (local.get $c) (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_u (local.get $pairs)) (local.get $weights))))
          (local.set $d (i32x4.add (local.get $d) (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_u (local.get $pairs)) (local.get $weights))))
          (local.set $from (i32.add (local.get $from) (i32.shl (local.get $stride) (i32.const 1))))
          (local.set $kernel (i32.add (local.get $kernel) (i32.const 4)))
          (br_if $nextTaps (i32.lt_u (local.get $kernel) (local.get $end))))
        ;; What goes past the end of the row is written over by the next.
        (v128.store align=1 (i32.add (local.get $target) (local.get $byte)) (i8x16.narrow_i16x8_u
          (i16x8.narrow_i32x4_s (i32x4.shr_s (local.get $a) (i32.const 14)) (i32x4.shr_s (local.get $b) (i32.const 14)))
          (i16x8.narrow_i32x4_s (i32x4.shr_s (local.get $c) (i32.const 14)) (i32x4.shr_s (local.get $d) (i32.const 14)))))
        (local.set $byte (i32.add (local.get $byte) (i32.const 16)))
        (br_if $nextBytes (i32.lt_u (local.get $byte) (local.get $stride))))
      (local.set $target (i32.add (local.get $target) (local.get $stride)))
      (local.set $kernels (i32.add (local.get $kernels) (i32.add (i32.const 4) (i32.shl (local.get $taps) (i32.const 1)))))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br $nextRow)))))
