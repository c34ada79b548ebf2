import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { IdganError, definePlugin, openModels, resolveRun, type UserConfig } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import test from "ava";
import { checkpointHashes, copied, temporaryFolder, trained, undisturbed, workspace } from "./tiny-run.js";

test("a run directory that exists is refused, and nothing in it changes", async (t) => {
  const out = await copied();
  const before = checkpointHashes(out);
  const error = await t.throwsAsync(trained({ out }), { instanceOf: IdganError });
  t.is((error as IdganError).code, "RUN_EXISTS");
  t.deepEqual(checkpointHashes(out), before);
});

test("resuming under other settings is refused by key, and more updates are allowed", async (t) => {
  const out = await copied();
  const error = await t.throwsAsync(trained({ out, resume: true, set: ["vae.options.beta=5"] }), { instanceOf: IdganError });
  t.regex(error?.message ?? "", /vae\.options\.beta: 3 -> 5/);
  await trained({ out, resume: true, set: ["synthesise.steps=14"] });
  t.true(existsSync(join(out, "checkpoints", "synthesise-00000014.safetensors")));
});

test("stage 1 cannot grow once stage 2 has begun on its encoder", async (t) => {
  const out = await copied();
  const error = await t.throwsAsync(trained({ out, resume: true, set: ["represent.steps=20"] }), { instanceOf: IdganError });
  t.is((error as IdganError).code, "CONFIG_VALUE");
  t.is((JSON.parse(readFileSync(join(out, "config.json"), "utf8")) as { represent: { steps: number } }).represent.steps, 12);
});

test("a checkpoint of another run of the same architecture is refused, and a lower learning rate is not another run", async (t) => {
  const out = await copied();
  const stranger = await trained({ seed: 5 });
  const last = join("checkpoints", "synthesise-00000012.safetensors");
  cpSync(join(stranger, last), join(out, last));
  const error = await t.throwsAsync(trained({ out, resume: true }), { instanceOf: IdganError });
  t.is((error as IdganError).code, "CHECKPOINT_INVALID");
  const own = await copied();
  await trained({ out: own, resume: true, set: ["synthesise.steps=13", "synthesise.generatorOptimizer.learningRate=1e-5"] });
  t.true(existsSync(join(own, "checkpoints", "synthesise-00000013.safetensors")));
});

test("what cannot work is found before anything is trained or written", async (t) => {
  const out = join(temporaryFolder(), "run");
  const wrong = [
    ["gan.size=24", "BACKBONE_INVALID"],
    ["synthesise.batch=800000", "DATA_INVALID"],
    ["vae.use=@idgan/plugin-factorvae represent.batch=1", "BACKBONE_INVALID"],
    ["vae.use=@idgan/plugin-betatcvae represent.batch=1", "BACKBONE_INVALID"],
    ["encoder.from=nowhere", "DATA_NOT_FOUND"],
    [`encoder.from=${join(await undisturbed(), "checkpoints", "synthesise-00000012.safetensors")}`, "ENCODER_MISMATCH"],
  ] as const;
  for (const [setting, code] of wrong) {
    const error = await t.throwsAsync(trained({ out, set: setting.split(" ") }), { instanceOf: IdganError });
    t.is((error as IdganError).code, code);
    t.false(existsSync(out));
  }
});

test.serial("a loss of stage 2 that breaks the contract is found before stage 1, without a call of a tap", async (t) => {
  const { plugins } = await resolveRun({ config: "quickstart", cwd: workspace });
  const faulty = definePlugin<object>({
    ...plugins.gan,
    name: "faulty-gan",
    build: (options, context) => ({ ...plugins.gan.build(options as never, context), generatorLoss: () => [{ name: "adversarial", value: tf.ones([2]) as unknown as tf.Scalar, weight: 1 }] }),
  });
  let applied = 0;
  const listener = definePlugin<Record<string, never>>({ kind: "tap", name: "counter", core: "*", options: {}, apply: () => void (applied += 1) });
  const out = join(temporaryFolder(), "run");
  const before = tf.memory().numTensors;
  const config: UserConfig = { presets: ["quickstart"], gan: { use: faulty }, taps: [{ use: listener }] };
  const error = await t.throwsAsync(trained({ out, config }), { instanceOf: IdganError });
  t.is((error as IdganError).code, "BACKBONE_INVALID");
  t.false(existsSync(out));
  t.is(applied, 0);
  t.is(tf.memory().numTensors, before);
});

test("a tap that asks for a hook that there is not hears its own name and the nearest hook's, and may look and print without harm", async (t) => {
  const named = (name: string, apply: (hooks: Record<string, { tap(name: string, fn: () => void): void }>) => unknown) =>
    definePlugin<Record<string, never>>({ kind: "tap", name, core: "*", options: {}, apply: (hooks) => void apply(hooks as never) });
  const refusal = async (apply: Parameters<typeof named>[1]): Promise<string> => {
    const config: UserConfig = { presets: ["quickstart"], taps: [{ use: named("mine", apply) }] };
    const error = await trained({ config, set: ["represent.steps=1", "synthesise.steps=0"] }).then(() => undefined, (thrown: unknown) => thrown);
    return error instanceof IdganError ? `${error.code}: ${error.message}` : String(error);
  };
  t.is(await refusal((hooks) => hooks["generatorLos"]?.tap("mine", () => undefined)), "TAP_INVALID: tap mine: there is no hook generatorLos. Did you mean generatorLoss?");
  t.regex(await refusal(({ onEnd }) => onEnd), /^TAP_INVALID: tap mine: there is no hook onEnd\. There are: beforeRun, .*afterRun\.$/);
  const seen: unknown[] = [];
  const looks = async (hooks: object): Promise<void> => {
    seen.push("generatorLos" in hooks, Object.keys(hooks).length, `${String(hooks)}`, JSON.stringify(hooks).length > 2, inspect(hooks).includes("vaeLoss"), Symbol.iterator in hooks);
    seen.push((await hooks) === hooks);
  };
  t.is(await refusal(looks), "undefined");
  t.deepEqual(seen, [false, 10, "[object Object]", true, true, false, true]);
});

test("stage 2 alone takes the encoder of an earlier run, and both refuse another's", async (t) => {
  const first = await copied();
  const out = join(temporaryFolder(), "distilled");
  const from = (path: string) => [`encoder.from=${path}`];
  await trained({ out, set: from(first) });
  t.deepEqual(readdirSync(join(out, "checkpoints")).filter((name) => name.startsWith("represent")), []);
  const other = await t.throwsAsync(trained({ set: [...from(first), "vae.latentDim=4"] }), { instanceOf: IdganError });
  t.is((other as IdganError).code, "ENCODER_MISMATCH");
  t.regex(other?.message ?? "", /vae\.latentDim = 3, and this run says 4/);
  // The same path, but other bytes: the hash in stage 2's checkpoint tells.
  const stranger = await trained({ seed: 5 });
  cpSync(join(stranger, "checkpoints"), join(first, "checkpoints"), { recursive: true, force: true });
  const swapped = await t.throwsAsync(trained({ out, resume: true, set: from(first) }), { instanceOf: IdganError });
  t.is((swapped as IdganError).code, "ENCODER_MISMATCH");
});

test("a checkpoint of another architecture is refused by tensor and shape", async (t) => {
  const out = await copied();
  const saved = JSON.parse(readFileSync(join(out, "config.json"), "utf8")) as { vae: { latentDim: number } };
  writeFileSync(join(out, "config.json"), JSON.stringify({ ...saved, vae: { ...saved.vae, latentDim: 5 } }));
  const error = await t.throwsAsync(openModels(out), { instanceOf: IdganError });
  t.is((error as IdganError).code, "CHECKPOINT_INVALID");
  t.regex(error?.message ?? "", /encoder\/.* is \[256, 6\] and the model's is \[256, 10\]/);
});
