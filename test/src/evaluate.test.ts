import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineMetric, definePlugin, evaluate, IdganError, readPng, silentEvaluationReporter, type EvaluationRequest, type Metric, type MetricEntry } from "@idgan/core";
import { referenceMetrics } from "@idgan/testkit";
import test from "ava";
import { checkpointHashes, copied, temporaryFolder, trained, undisturbed, workspace } from "./tiny-run.js";

const stage1 = ["synthesise.steps=0"];
const request = (run: string, more: Partial<EvaluationRequest> = {}): EvaluationRequest => ({ run, cwd: workspace, plugins: [referenceMetrics], metrics: ["line"], set: ["line.samples=200"], ...more });
const savedIn = (run: string) => JSON.parse(readFileSync(join(run, "metrics.json"), "utf8")) as readonly MetricEntry[];

/** A plugin with one metric of one's own. */
function bringing(measure: Metric["measure"], more: Partial<Metric> = {}) {
  const metric = defineMetric({ name: "own", protocol: "test", doc: "A score for a test.", higherIsBetter: null, needs: "images", options: {}, measure, ...more });
  return definePlugin<object>({ kind: "metrics", name: "own-metrics", core: "*", options: {}, metrics: () => [metric] });
}

async function refusalOf(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(() => undefined, (thrown: unknown) => thrown);
  return error instanceof IdganError ? `${error.code}: ${error.message}` : String(error);
}

test("a run of stage 1 alone is scored: entries, metrics.json and pictures, and nothing else of it changes", async (t) => {
  const run = await trained({ set: stage1 });
  const before = checkpointHashes(run);
  const { entries, failures, leftOut, latents, pictures } = await evaluate(request(run));
  t.deepEqual([failures, leftOut], [[], []]);
  const [entry] = entries;
  t.deepEqual(savedIn(run), JSON.parse(JSON.stringify(entries)));
  t.like(entry, { metric: "line@reference", options: { samples: 200 }, seed: 0, vae: { use: "@idgan/plugin-betatcvae" }, plugin: { name: "@idgan/reference-metrics" } });
  t.like(entry?.encoder, { step: 12, checkpoint: join(run, "checkpoints/represent-00000012.safetensors") });
  t.regex(entry?.encoder.hash ?? "", /^[0-9a-f]{64}$/);
  t.regex(entry?.vae.lossConvention ?? "", /KL in nats/);
  t.is(entry?.dataset.size, 737_280);
  t.is(latents.length, 3);
  t.deepEqual(pictures.map((path) => path.slice(run.length + 1)), ["images/latents.png", "images/line@reference.png"]);
  for (const picture of pictures) t.true((await readPng(picture)).width > 200);
  t.deepEqual(checkpointHashes(run), before);
});

test("one seed gives one score, whole runs and runs that took an encoder are scored by it, and another engine agrees", async (t) => {
  const run = await undisturbed();
  const first = (await evaluate(request(await copied()))).entries[0];
  const second = (await evaluate(request(await copied()))).entries[0];
  t.is(second?.value, first?.value);
  const distilled = await trained({ set: [`encoder.from=${run}`] });
  const taken = (await evaluate(request(distilled))).entries[0];
  t.is(taken?.encoder.hash, first?.encoder.hash);
  t.is(taken?.value, first?.value);
  const eager = (await evaluate(request(await copied(), { engine: "eager" }))).entries[0];
  t.true(Math.abs((eager?.value ?? 0) - (first?.value ?? 1)) < 1e-4);
});

test("measured again a score is replaced; other options, seeds and images stand beside it", async (t) => {
  const run = await copied();
  for (const more of [{}, {}, { seed: 5 }, { set: ["line.samples=100"] }, { set: ["line.samples=200", "data.options.antialias=true"] }, {}]) await evaluate(request(run, more));
  const saved = savedIn(run);
  t.deepEqual(saved.map(({ seed, options }) => [seed, options["samples"]]), [[5, 200], [0, 100], [0, 200], [0, 200]]);
  t.is(new Set(saved.map(({ dataset }) => dataset.fingerprint)).size, 2);
});

test("a damaged metrics.json is set aside with a warning", async (t) => {
  for (const damaged of ["[{", '{"value":1}', "[3]"]) {
    const run = await copied();
    const warnings: string[] = [];
    writeFileSync(join(run, "metrics.json"), damaged);
    await evaluate(request(run, { reporter: { ...silentEvaluationReporter, message: (level, text) => void (level === "warning" && warnings.push(text)) } }));
    t.is(savedIn(run).length, 1);
    t.is(readFileSync(join(run, "metrics.json.damaged-1"), "utf8"), damaged);
    t.regex(warnings.join("\n"), /It is set aside as .*metrics\.json\.damaged-1, and a new one is begun/);
  }
});

test("what cannot be evaluated is refused by what is missing", async (t) => {
  const run = await copied();
  t.regex(await refusalOf(evaluate(request("nowhere"))), /^RUN_INVALID: nowhere.* does not exist, so its folder is no run/);
  t.regex(await refusalOf(evaluate(request(run, { metrics: ["lien"] }))), /^USAGE: --metrics lien: .*Did you mean line\?/);
  t.regex(await refusalOf(evaluate(request(run, { set: ["line.samples=0"] }))), /^CONFIG_VALUE: --set line\.samples: .*must be an integer of at least 1; it is 0/);
  t.regex(await refusalOf(evaluate(request(run, { set: ["data.options.folder=x"] }))), /^CONFIG_UNKNOWN_KEY: /);
  t.regex(await refusalOf(evaluate(request(run, { seed: -1 }))), /^USAGE: The seed -1/);
  t.regex(await refusalOf(evaluate(request(run, { metrics: ["likeness"], set: [] }))), /^METRIC_INPUT: likeness@reference: It compares runs, and no other was given\. Name some with --beside\./);
  t.regex(await refusalOf(evaluate(request(run, { beside: ["nowhere"] }))), /^RUN_INVALID: nowhere/);
  t.regex(await refusalOf(evaluate(request(run, { plugins: ["./nowhere.js"] }))), /^PLUGIN_NOT_FOUND: --plugin \.\/nowhere\.js: there is no such file/);
  t.false(existsSync(join(run, "metrics.json")));
  for (const name of readdirSync(join(run, "checkpoints")).filter((each) => each.startsWith("represent"))) rmSync(join(run, "checkpoints", name));
  t.regex(await refusalOf(evaluate(request(run))), /^CHECKPOINT_INVALID: .* has no checkpoint of stage 1 yet/);
});

test("images without factors leave out what needs them, and are refused where it was asked for by name", async (t) => {
  const file = join(temporaryFolder(), "hidden.mjs");
  writeFileSync(
    file,
    `import sprites from ${JSON.stringify(import.meta.resolve("@idgan/plugin-sprites"))};
const hide = async (...given) => { const { name, size, image, fingerprint, batch } = await sprites.open(...given); return { name, size, image, fingerprint, batch }; };
export default { ...sprites, name: "./hidden.mjs", open: hide };`,
  );
  const run = await trained({ set: stage1, config: { presets: ["quickstart"], data: { use: file } } });
  t.regex(await refusalOf(evaluate(request(run))), /^METRIC_INPUT: line@reference: It needs images with known factors, and sprites.* has none/);
  const { metrics: _, ...all } = request(run, { plugins: [referenceMetrics, bringing(async ({ latentDim }) => ({ value: latentDim, parts: {} }))], set: [] });
  const { entries, leftOut, failures } = await evaluate(all);
  t.is(entries.find(({ metric }) => metric === "own@test")?.value, 3);
  t.deepEqual(failures, []);
  t.deepEqual(leftOut.slice(0, 2), [
    { metric: "line@reference", reason: `It needs images with known factors, and ${entries[0]?.dataset.name} has none. Choose other data with --set data.use=..., or metrics that need none.` },
    { metric: "likeness@reference", reason: "It compares runs, and no other was given. Name some with --beside." },
  ]);
  const other = await evaluate(request(run, { set: ["line.samples=200", "data.use=@idgan/plugin-sprites"] }));
  t.is(other.entries.length, 1);
});

test("a metric may ask the run for images of its generator and its decoder, and for codes of both; seeds repeat them, and the score says whose they are", async (t) => {
  const run = await copied();
  const asking = bringing(
    async ({ openGenerator, decode, encode, encodeImages, drawCodes, dataset, latentDim, seed, engine, hasGenerator, track }) => {
      const generator = await openGenerator();
      const { s, c, indices } = await generator.draw({ count: 70, seed, name: "own" });
      t.true(hasGenerator);
      t.deepEqual([generator.nuisanceDim, generator.latentDim, s.length, c.length, indices?.length], [2, 3, 140, 210, 70]);
      t.deepEqual((await drawCodes({ count: 70, seed, name: "own" })).c, c);
      t.deepEqual(generator.image, { height: 8, width: 8, channels: 1, range: [0, 1] });
      const images = await track("generate", 70, () => generator.generate(s, c));
      const decoded = await decode(c);
      for (const pixels of [images, decoded]) {
        t.is(pixels.length, 70 * 64);
        t.true(pixels.every((pixel) => pixel >= 0 && pixel <= 1));
      }
      // Any batch gives the same images, to rounding; none at all gives none.
      const few = await generator.generate(s.subarray(0, 2 * generator.nuisanceDim), c.subarray(0, 2 * latentDim));
      t.true(few.every((pixel, i) => Math.abs(pixel - (images[i] ?? 0)) < 1e-4));
      t.is((await generator.generate(new Float32Array(), new Float32Array())).length, 0);
      await t.throwsAsync(generator.generate(s, c.subarray(0, 3)), { instanceOf: RangeError, message: /1 codes and 140 numbers as s/ });
      const real = await encode([5, 9]);
      const again = await encodeImages(await dataset.batch([5, 9]), dataset.image);
      t.true(again.mean.every((value, i) => Math.abs(value - (real.mean[i] ?? 0)) < 1e-4));
      t.is((await encodeImages(images, generator.image)).mean.length, 210);
      await t.throwsAsync(encodeImages(new Float32Array(192), { ...dataset.image, channels: 3 }), { instanceOf: IdganError, message: /takes 8x8x1 in \[0, 1\], and was asked for codes of 8x8x3/ });
      const larger = await encodeImages(new Float32Array(256).fill(0.5), { ...dataset.image, height: 16, width: 16 });
      const same = await encodeImages(new Float32Array(64).fill(0.5), dataset.image);
      t.true(larger.mean.every((value, i) => Math.abs(value - (same.mean[i] ?? 0)) < 1e-4));
      t.truthy(engine.description);
      return { value: images.reduce((sum, pixel) => sum + pixel, 0) / images.length, label: "own of 70", parts: {} };
    },
    { needs: "generator" },
  );
  const asked = { plugins: [asking], metrics: ["own"], set: [] };
  const first = (await evaluate(request(run, asked))).entries[0];
  const second = (await evaluate(request(run, asked))).entries[0];
  t.is(second?.value, first?.value);
  t.not((await evaluate(request(run, { ...asked, seed: 1 }))).entries[0]?.value, first?.value);
  t.is(first?.label, "own of 70");
  t.is(first?.generator?.step, 12);
  t.regex(first?.generator?.hash ?? "", /^[0-9a-f]{64}$/);
  t.is(first?.generator?.use, "@idgan/plugin-dcgan");
  t.deepEqual(savedIn(run).map(({ seed }) => seed), [0, 1]);
});

test("a run of stage 1 alone, and a lack of its own, leave a metric out or refuse it by name", async (t) => {
  const run = await trained({ set: stage1 });
  const needy = bringing(async () => ({ value: 1, parts: {} }), { needs: ["images", "generator"] });
  t.regex(await refusalOf(evaluate(request(run, { plugins: [needy], metrics: ["own"], set: [] }))), /^METRIC_INPUT: own@test: It needs a generator, and stage 2 of .* has written none/);
  const lacking = bringing(async () => ({ value: 1, parts: {} }), { lacks: () => "It has no weights." });
  const { leftOut } = await evaluate(request(run, { plugins: [referenceMetrics, lacking], metrics: undefined } as never));
  t.deepEqual(leftOut.filter(({ metric }) => metric === "own@test"), [{ metric: "own@test", reason: "It has no weights." }]);
  t.regex(await refusalOf(evaluate(request(run, { plugins: [lacking], metrics: ["own"], set: [] }))), /^METRIC_INPUT: own@test: It has no weights\./);
  const open = bringing(async ({ openGenerator }) => ({ value: (await openGenerator()).latentDim, parts: {} }));
  const { failures } = await evaluate(request(run, { plugins: [open], metrics: ["own"], set: [] }));
  t.regex(failures[0]?.error.message ?? "", /^own@test: The run in .* has no generator/);
});

test("a metric that fails is named, and the others go on", async (t) => {
  const run = await copied();
  const named = { plugins: [referenceMetrics, bringing(async () => ({ value: Number.NaN, parts: {} }))], metrics: ["own", "line"] };
  const { entries, failures } = await evaluate(request(run, named));
  t.deepEqual(entries.map(({ metric }) => metric), ["line@reference"]);
  t.deepEqual(failures.map(({ error }) => `${error.code}: ${error.message}`), ["METRIC_FAILED: own@test of own-metrics gave the score NaN, which is no finite number."]);
  const thrown = async (error: Error) => (await evaluate(request(run, { ...named, plugins: [referenceMetrics, bringing(async () => Promise.reject(error))] }))).failures[0]?.error;
  t.is((await thrown(new TypeError("x is undefined")))?.message, "own@test of own-metrics: x is undefined");
  const input = await thrown(new IdganError("METRIC_INPUT", "Too few images."));
  t.deepEqual([input?.code, input?.message], ["METRIC_INPUT", "own@test: Too few images."]);
  const inner = await thrown(new IdganError("INTERNAL", "A worker ended."));
  t.deepEqual([inner?.code, inner?.message], ["METRIC_FAILED", "own@test: A worker ended."]);
});

test("runs beside are other subjects on the same images, whatever their sizes", async (t) => {
  const run = await copied();
  const larger = await trained({ set: [...stage1, "vae.size=16", "vae.latentDim=4"] });
  const likeness = (beside: readonly string[]) => evaluate(request(run, { metrics: ["likeness"], set: ["likeness.samples=100"], beside }));
  const [entry] = (await likeness([larger])).entries;
  t.is(entry?.beside?.length, 1);
  t.not(entry?.beside?.[0]?.encoder.hash, entry?.encoder.hash);
  t.true((entry?.value ?? 0) > 0 && (entry?.value ?? 2) <= 1);
  t.regex(await refusalOf(likeness([larger, run])), /^METRIC_INPUT: likeness@.*: .* has the same encoder as a run before it.*Name runs of other seeds with --beside\.$/);
});

test("the same score of the generator's and of the decoder's images stands beside that of the data's", async (t) => {
  const run = await copied();
  const [encoder, generator, decoder] = [await evaluate(request(run)), await evaluate(request(run, { of: "generator" })), await evaluate(request(run, { of: "decoder" }))].map(({ entries }) => entries[0]);
  t.is(new Set([encoder?.value, generator?.value, decoder?.value]).size, 3);
  t.deepEqual(savedIn(run).map(({ of }) => of), [undefined, "generator", "decoder"]);
  t.like(generator?.generator, { step: 12, checkpoint: join(run, "checkpoints/synthesise-00000012.safetensors"), use: "@idgan/plugin-dcgan" });
  t.is(decoder?.generator, undefined);
  t.true(existsSync(join(run, "images/line@reference-of-generator.png")));
  t.is((await evaluate(request(run, { of: "generator" }))).entries[0]?.value, generator?.value);
  const alone = await trained({ set: stage1 });
  t.regex(await refusalOf(evaluate(request(alone, { of: "generator" }))), /^METRIC_INPUT: line@reference: It was asked for of the generator, and stage 2 of .* has written none/);
  const itself = bringing(async () => ({ value: 1, parts: {} }), { needs: "generator" });
  t.regex(await refusalOf(evaluate(request(run, { of: "decoder", plugins: [itself], metrics: ["own"], set: [] }))), /^METRIC_INPUT: own@test: It is of the generator itself/);
});

test("a GAN beside another on the same encoder is a baseline", async (t) => {
  const run = await copied();
  const plain = await trained({ set: [`encoder.from=${run}`, "synthesise.idWeight=0"] });
  const { entries, failures } = await evaluate({ run, cwd: workspace, metrics: ["id-nll", "code-recovery"], set: ["id-nll.images=200", "code-recovery.images=200"], beside: [plain] });
  t.deepEqual(failures, []);
  const parts = entries[0]?.parts ?? {};
  t.true(Number.isFinite(parts["VAE decoder"]) && parts[plain] !== parts["generator"]);
  t.is(entries[0]?.matrices?.[0]?.rows.length, 4);
});

test("images that the encoder does not take are refused with both sizes", async (t) => {
  const run = await copied();
  const folder = temporaryFolder();
  const colour = join(folder, "colour.mjs");
  writeFileSync(colour, `export default { kind: "data", name: "./colour.mjs", core: "*", options: {}, open: async (_, { size }) => ({ name: "colours", size: 4, image: { height: size, width: size, channels: 3, range: [0, 1] }, fingerprint: "colours", batch: async (indices) => new Float32Array(indices.length * size * size * 3) }) };`);
  t.regex(await refusalOf(evaluate(request(run, { set: [`data.use=${colour}`] }))), /^DATA_INVALID: colours: its images are 8x8x3 in \[0, 1\], and the encoder of .* does not take them\. Choose data/);
});

test("an evaluation that is aborted keeps the scores that were finished", async (t) => {
  const run = await copied();
  const controller = new AbortController();
  const stopping = bringing(async ({ encode }) => {
    controller.abort();
    await encode(Uint32Array.from({ length: 4000 }, (_, i) => i));
    return { value: 1, parts: {} };
  });
  const asked = evaluate(request(run, { plugins: [referenceMetrics, stopping], metrics: ["line", "own"], signal: controller.signal }));
  t.regex(await refusalOf(asked), /^INTERRUPTED: /);
  t.deepEqual(savedIn(run).map(({ metric }) => metric), ["line@reference"]);
});

interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

function command(...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(workspace, "core/bin/idgan.js"), "evaluate", ...args], { cwd: workspace, env: { PATH: process.env["PATH"] } }, (failure, out, error) => resolve({ status: Number(failure?.code ?? 0), out, error }));
  });
}

/** The reference metrics as a file that `--plugin` names. */
function pluginFile(): string {
  const file = join(temporaryFolder(), "line.mjs");
  writeFileSync(file, `export { referenceMetrics as default } from ${JSON.stringify(import.meta.resolve("@idgan/testkit"))};`);
  return file;
}

test("the command prints a table, or JSON, and the exit status of a failure after the scores of the others", async (t) => {
  const run = await copied();
  const own = ["--plugin", pluginFile(), "--set", "line.samples=200"];
  const table = await command(run, "--metrics", "line", ...own);
  t.is(table.status, 0, table.error);
  t.regex(table.out, /^encoder +.*represent-00000012\.safetensors, update 12, [0-9a-f]{12}$/m);
  t.regex(table.out, /^line@reference +0\.\d{4}  higher +\d+\.\d$/m);
  t.regex(table.error, /^picture .*latents\.png$/m);
  const json = await command(run, "--metrics", "line,likeness", "--json", ...own);
  t.deepEqual((JSON.parse(json.out) as readonly MetricEntry[]).map(({ metric }) => metric), ["line@reference"]);
  t.regex(json.error, /^error METRIC_INPUT: likeness@reference: It compares runs/m);
  t.is(json.status, 4);
});

test("the command lists what is installed, and the plugins that were named", async (t) => {
  const { status, out } = await command("--list", "--plugin", pluginFile());
  t.regex(out, /^line@reference +needs factors +higher is better +@idgan\/reference-metrics\n {4}Mean over factors of .*\n {2}samples +1000 +an integer of at least 1\n {6}Images that are drawn\.$/m);
  t.is(status, 0);
  const none = await command();
  t.regex(none.error, /^error USAGE: evaluate: no run was named/);
  t.is(none.status, 2);
});

test("SIGINT while images are encoded stops the command: status 75, and no score", async (t) => {
  const run = await copied();
  const file = join(temporaryFolder(), "long.mjs");
  // The listener is there once encode was called; the timer fires after that.
  writeFileSync(
    file,
    `const measure = async ({ encode, dataset }) => { const all = encode(Uint32Array.from({ length: dataset.size }, (_, i) => i)); setTimeout(() => console.error("encoding"), 100); await all; return { value: 1, parts: {} }; };
export default { kind: "metrics", name: "./long.mjs", core: "*", options: {}, metrics: () => [{ name: "long", protocol: "test", doc: "A score for a test.", higherIsBetter: null, needs: "images", options: {}, measure }] };`,
  );
  const child = spawn(process.execPath, [join(workspace, "core/bin/idgan.js"), "evaluate", run, "--metrics", "long", "--plugin", file], { cwd: workspace, env: { PATH: process.env["PATH"] } });
  let error = "";
  child.stderr.on("data", (data: Buffer) => {
    error += data.toString();
    if (/^encoding$/m.test(data.toString())) child.kill("SIGINT");
  });
  const [status] = (await once(child, "close")) as [number | null];
  t.is(status, 75, error);
  t.regex(error, /^warning: stopping after this batch$/m);
  t.regex(error, /^error INTERRUPTED: The evaluation was stopped\./m);
  t.false(existsSync(join(run, "metrics.json")));
});
