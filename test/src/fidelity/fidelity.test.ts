import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { evaluate, IdganError, openArrayFile, silentEvaluationReporter, type EvaluationRequest, type MetricEntry } from "@idgan/core";
import fidelity from "@idgan/plugin-metrics-fidelity";
import { createSprites } from "@idgan/plugin-sprites";
import test from "ava";
import { copied, trained, undisturbed, workspace } from "../tiny-run.js";

const shared = new URL("../../../../shared/data/", import.meta.url);
const frames = new URL("dsprites/gif_frames_320x64x64_u8.npz", shared);
const weights = fileURLToPath(shared);

const scores = ["frechet", "kernel-distance", "precision", "recall", "density", "coverage"];
const few = (name: string) => [`${name}.samples=150`, `${name}.real=200`];

async function measured(run: string, metrics: readonly string[], set: readonly string[], more: Partial<EvaluationRequest> = {}): Promise<Readonly<Record<string, MetricEntry>>> {
  const { entries, failures } = await evaluate({ run, cwd: workspace, plugins: [fidelity], metrics, set, ...more });
  if (failures[0]) throw failures[0].error;
  return Object.fromEntries(entries.map((entry) => [entry.metric, entry]));
}

test("a run is scored by its own encoder without any weights, named by extractor and counts, the same for the same seed", async (t) => {
  const run = await copied();
  const names = scores.map((name) => `${name}@encoder`);
  const set = [...names.flatMap(few), "kernel-distance@encoder.subset=50", "kernel-distance@encoder.subsets=10"];
  const first = await measured(run, names, set);
  const second = await measured(run, names, set);
  for (const name of names) t.is(second[name]?.value, first[name]?.value, name);
  t.deepEqual(Object.values(first).map(({ label }) => label), [
    "frechet@encoder (150 against 200, area 8)",
    "kernel-distance@encoder (150 against 200, area 8)",
    "precision@encoder (150 against 200, area 8), k 3",
    "recall@encoder (150 against 200, area 8), k 3",
    "density@encoder (150 against 200, area 8), k 5",
    "coverage@encoder (150 against 200, area 8), k 5",
  ]);
  t.is(first["frechet@encoder"]?.parts["features"], 3);
  t.true((first["frechet@encoder"]?.value ?? -1) > 0);
  t.is(first["precision@encoder"]?.parts["recall"], first["recall@encoder"]?.value);
  t.regex(first["frechet@encoder"]?.notes?.join(" ") ?? "", /^Not an FID, .* of this very encoder/);
  t.truthy(first["frechet@encoder"]?.generator?.hash);
  const decoded = await measured(run, ["frechet@encoder"], [...few("frechet@encoder"), "frechet@encoder.of=decoder"]);
  t.is(decoded["frechet@encoder"]?.label, "frechet@encoder (150 decoded against 200, area 8)");
  t.not(decoded["frechet@encoder"]?.value, first["frechet@encoder"]?.value);
});

test("without weights a score says which file it needs, and only Inception's is called FID", async (t) => {
  const run = await undisturbed();
  const outcome = async (metric: string): Promise<string> => {
    const error = await measured(run, [metric], [`${metric}.weights=${tmpdir()}/nowhere`]).catch((thrown: unknown) => thrown);
    return error instanceof IdganError ? `${error.code}: ${error.message}` : String(error);
  };
  t.regex(await outcome("fid"), /^METRIC_INPUT: fid@inception2015: It needs pt_inception-2015-12-05-6726825d\.pth \(looked in .*nowhere\)\. Download it from https:/);
  t.regex(await outcome("ppl@vgg16"), /ppl@vgg16: It needs vgg16-397923af\.pth/);
  const named = fidelity.metrics({}).map(({ name, protocol }) => `${name}@${protocol}`);
  t.deepEqual(named.filter((name) => /fid|kid/i.test(name)), ["fid@inception2015", "kid@inception2015"]);
  t.is(new Set(named).size, named.length);
});

test("too few images for the neighbours, or none to compare, are refused", async (t) => {
  const run = await undisturbed();
  const error = await t.throwsAsync(measured(run, ["precision@encoder"], ["precision@encoder.samples=3", "precision@encoder.real=200"]), { instanceOf: IdganError });
  t.regex(error?.message ?? "", /^precision@encoder: The 3 nearest neighbours of an image take more than 3 images\./);
  const stage1 = await trained({ set: ["synthesise.steps=0"] });
  await t.throwsAsync(measured(stage1, ["frechet@encoder"], []), { instanceOf: IdganError, message: /It needs a generator/ });
});

(existsSync(weights) ? test : test.skip)("on SqueezeNet real images' statistics are kept under the data's fingerprint, and read again; PPL and diversity by LPIPS are finite (needs ../shared/data)", async (t) => {
  const run = await copied();
  const cache = mkdtempSync(join(tmpdir(), "idgan-cache-"));
  t.teardown(() => rmSync(cache, { recursive: true }));
  const own = (metric: string, ...options: readonly string[]) => [`weights=${weights}`, ...options].map((option) => `${metric}.${option}`);
  const distance = "frechet@squeezenet";
  const walks: string[] = [];
  const reporter = { ...silentEvaluationReporter, workStarted: (what: string) => void walks.push(what) };
  const set = own(distance, "samples=20", "real=30", `cache=${cache}`);
  const first = await measured(run, [distance], set, { reporter });
  t.deepEqual(walks.filter((what) => what.startsWith("squeezenet")), ["squeezenet, real images", "squeezenet, generated images"]);
  t.regex(first[distance]?.notes?.join(" ") ?? "", /^20 images span at most 19 of 512 dimensions: a covariance is singular/);
  const [file = ""] = readdirSync(cache);
  t.regex(file, /^moments-squeezenet-[0-9a-f]{32}\.bin$/);
  walks.length = 0;
  const again = await measured(run, [distance], set, { reporter });
  t.is(again[distance]?.value, first[distance]?.value);
  t.deepEqual(walks.filter((what) => what.startsWith("squeezenet")), ["squeezenet, generated images"]);
  // What was damaged is computed anew, and what other images are of is another file.
  writeFileSync(join(cache, file), readFileSync(join(cache, file)).fill(1, 100, 200));
  const mended = await measured(run, [distance], set);
  t.is(mended[distance]?.value, first[distance]?.value);
  await measured(run, [distance], [...set, "data.options.antialias=true"]);
  t.is(readdirSync(cache).length, 2);
  const perceived = await measured(run, ["ppl@squeezenet", "lpips-diversity@squeezenet"], [...own("ppl@squeezenet", "samples=40"), ...own("lpips-diversity@squeezenet", "pairs=20")]);
  t.is(perceived["ppl@squeezenet"]?.label, "ppl@squeezenet (40 paths, s and c, full, images bilinear 64)");
  t.true((perceived["ppl@squeezenet"]?.value ?? 0) > 0);
  const { value = 0, parts = {} } = perceived["lpips-diversity@squeezenet"] ?? {};
  t.true(value > 0 && Object.values(parts).every((part) => Number(part) > 0));
});

(existsSync(frames) ? test : test.skip)("every one of dSprites' 320 real frames is a sprite drawn to the pixel (needs ../shared/data)", async (t) => {
  const file = await openArrayFile(fileURLToPath(frames));
  const stored = await file.array("imgs");
  t.deepEqual(stored.header.shape, [320, 64, 64]);
  const data = await stored.numbers(320 * 64 * 64);
  await file.close();
  const sprites = createSprites({ antialias: false }, 64);
  const codes: number[][] = [];
  for (let i = 0; i < 3 * 6 * 40; i += 1) codes.push([0, Math.floor(i / 240), Math.floor(i / 40) % 6, i % 40, 0, 0]);
  for (let i = 0; i < 3 * 32 * 32; i += 1) codes.push([0, Math.floor(i / 1024), 5, 0, Math.floor(i / 32) % 32, i % 32]);
  const indices = sprites.indicesOf?.(Int32Array.from(codes.flat())) ?? new Uint32Array();
  const images = await sprites.batch(indices);
  const drawnBefore = new Map(codes.map((code, i) => [keyOf(images.subarray(i * 4096, (i + 1) * 4096)), code]));
  const shapes = [0, 0, 0];
  for (let frame = 0; frame < 320; frame += 1) {
    const code = drawnBefore.get(keyOf(data.subarray(frame * 4096, (frame + 1) * 4096)));
    t.truthy(code, `frame ${frame} is no sprite`);
    const drawnShape = code?.[1] ?? 0;
    shapes[drawnShape] = (shapes[drawnShape] ?? 0) + 1;
  }
  t.deepEqual(shapes, [64, 64, 192]);
});

function keyOf(image: ArrayLike<number>): string {
  return Buffer.from(Uint8Array.from(image)).toString("latin1");
}
