;; Levels to numbers in [0, 1]: `count` bytes from `source` on to as many quotients by 255 at `target`, 16 at a time; up to 15 more are read and written.
;; `node core/src/data/write-programs.mjs` makes units-program.ts of it.
(module
  (memory (export "memory") 1)
  (func (export "toUnits") (param $source i32) (param $target i32) (param $count i32)
    (local $end i32) (local $levels v128) (local $half v128) (local $most v128)
    (local.set $most (f32x4.splat (f32.const 255)))
    (local.set $end (i32.add (local.get $source) (local.get $count)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $source) (local.get $end)))
      (local.set $levels (v128.load align=1 (local.get $source)))
      (local.set $half (i16x8.extend_low_i8x16_u (local.get $levels)))
      (v128.store (local.get $target) (f32x4.div (f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (local.get $half))) (local.get $most)))
      (v128.store offset=16 (local.get $target) (f32x4.div (f32x4.convert_i32x4_u (i32x4.extend_high_i16x8_u (local.get $half))) (local.get $most)))
      (local.set $half (i16x8.extend_high_i8x16_u (local.get $levels)))
      (v128.store offset=32 (local.get $target) (f32x4.div (f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (local.get $half))) (local.get $most)))
      (v128.store offset=48 (local.get $target) (f32x4.div (f32x4.convert_i32x4_u (i32x4.extend_high_i16x8_u (local.get $half))) (local.get $most)))
      (local.set $source (i32.add (local.get $source) (i32.const 16)))
      (local.set $target (i32.add (local.get $target) (i32.const 64)))
      (br $next)))))
