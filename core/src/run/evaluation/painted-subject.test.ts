import test from "ava";
import { unitSpace } from "../../contract/image-space.js";
import type { Codes, Subject } from "../../contract/subject.js";
import { silentEvaluationReporter } from "./evaluation-reporter.js";
import { PaintedSubject, type CodesOf } from "./painted-subject.js";

/** Images of two pixels: the code, and what s or the decoder adds. The encoder reads their sum. */
function subject(of: Exclude<CodesOf, "encoder">, painted: number[] = [], signal = new AbortController().signal): PaintedSubject {
  const image = { ...unitSpace(1, 1), width: 2 };
  const inner = {
    name: "run",
    dataset: { name: "numbers", size: 1000, image, fingerprint: "numbers" },
    latentDim: 1,
    hasGenerator: true,
    encode: async (indices: ArrayLike<number>): Promise<Codes> => ({ mean: Float32Array.from(indices, (index) => 10 * index), logVar: new Float32Array(indices.length) }),
    encodeImages: async (pixels: Float32Array): Promise<Codes> => {
      const mean = Float32Array.from({ length: pixels.length / 2 }, (_, i) => (pixels[2 * i] ?? 0) + (pixels[2 * i + 1] ?? 0));
      return { mean, logVar: mean.map((value) => -value) };
    },
    decode: async (c: Float32Array) => Float32Array.from({ length: 2 * c.length }, (_, i) => (i % 2 === 0 ? (c[i / 2] ?? 0) : 0.5)),
    openGenerator: async () => ({
      nuisanceDim: 1,
      latentDim: 1,
      image,
      generate: async (s: Float32Array, c: Float32Array) => {
        painted.push(c.length);
        return Float32Array.from({ length: 2 * c.length }, (_, i) => (i % 2 === 0 ? c : s)[Math.floor(i / 2)] ?? 0);
      },
    }),
  } as unknown as Subject;
  return new PaintedSubject(inner, of, 1, { reporter: silentEvaluationReporter, signal });
}

test("codes are those read in the decoder's images of the data's own codes", async (t) => {
  const { mean, logVar } = await subject("decoder").encode([3, 0, 3]);
  t.deepEqual([[...mean], [...logVar]], [[30.5, 0.5, 30.5], [-30.5, -0.5, -30.5]]);
});

test("each image is painted once, with an s of its own that no order changes", async (t) => {
  const painted: number[] = [];
  const watched = subject("generator", painted);
  const all = Uint32Array.from({ length: 150 }, (_, i) => (i * 7) % 100);
  const [first, second] = await Promise.all([watched.encode(all), watched.encode(all.toReversed())]);
  t.deepEqual([...second.mean], [...first.mean].toReversed());
  t.deepEqual(painted, [64, 36]);
  const nuisance = Float32Array.from(first.mean, (value, i) => value - 10 * (all[i] ?? 0));
  t.is(new Set(nuisance.map((value) => Math.round(1e3 * value))).size > 90, true);
  t.deepEqual(await subject("generator").encode([42]), await subject("generator").encode([42]));
  const [alone] = (await subject("generator").encode([42])).mean;
  t.is(alone, first.mean[all.indexOf(42)]);
});

test("a draw of codes is of the images that were painted, and a signal ends it", async (t) => {
  const { c, indices = new Uint32Array() } = await subject("decoder").drawCodes({ count: 20, seed: 1, name: "x", code: "mean" });
  t.deepEqual([...c], Array.from(indices, (index) => 10 * index + 0.5));
  const controller = new AbortController();
  controller.abort();
  await t.throwsAsync(subject("decoder", [], controller.signal).encode([1]), { code: "INTERRUPTED" });
});

test("what a metric remembers is made once, unless it failed", async (t) => {
  const own = subject("decoder");
  let made = 0;
  t.deepEqual(await Promise.all([own.remember("a", async () => (made += 1)), own.remember("a", async () => (made += 1))]), [1, 1]);
  await t.throwsAsync(own.remember("b", async () => Promise.reject(new Error("no"))), { message: "no" });
  t.is(await own.remember("b", async () => (made += 1)), 2);
});
