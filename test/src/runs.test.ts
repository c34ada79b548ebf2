import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { IdganError, createHooks, definePlugin, readCheckpoint, resolveRun, silentReporter, train, type LossTerm, type UserConfig } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import test from "ava";
import { checkpointHashes, copied, temporaryFolder, tiny, trained, undisturbed, workspace } from "./tiny-run.js";

/** A tap that runs `act` before update `step` of a stage is over. */
function tapAt(stage: "represent" | "synthesise", step: number, act: () => void) {
  return definePlugin<Record<string, never>>({
    kind: "tap",
    name: "test-tap",
    core: "*",
    options: {},
    apply(hooks) {
      hooks.afterStep.tap("test-tap", (result) => {
        if (result.stage === stage && result.step === step) act();
      });
    },
  });
}

const withTap = (tap: ReturnType<typeof tapAt>): UserConfig => ({ presets: ["quickstart"], taps: [{ use: tap }] });

test("one seed gives the same bytes twice, another seed gives others", async (t) => {
  const [first, again, other] = [await undisturbed(), await trained(), await trained({ seed: 2 })];
  t.deepEqual(checkpointHashes(again), checkpointHashes(first));
  t.notDeepEqual(checkpointHashes(other), checkpointHashes(first));
});

test("a run leaves its config, environment, events, checkpoints and pictures", async (t) => {
  const directory = await undisturbed();
  t.deepEqual(readdirSync(join(directory, "images")).filter((name) => name.includes("00000012")), [
    "represent-00000012-reconstructions.png",
    "represent-00000012-traversal.png",
    "synthesise-00000012-fixed-code.png",
    "synthesise-00000012-fixed-nuisance.png",
    "synthesise-00000012-samples.png",
    "synthesise-00000012-traversal.png",
    "synthesise-00000012-triplets.png",
  ]);
  const events = readFileSync(join(directory, "events.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
  const losses = events.filter(({ event }) => event === "losses");
  t.deepEqual(losses.map(({ stage, step }) => `${String(stage)} ${String(step)}`), ["represent 1", "represent 4", "represent 8", "represent 12", "synthesise 1", "synthesise 4", "synthesise 8", "synthesise 12"]);
  const [environment] = JSON.parse(readFileSync(join(directory, "environment.json"), "utf8")) as readonly { readonly lossConvention: string }[];
  t.regex(environment?.lossConvention ?? "", /summed over pixels and channels.*KL in nats, by minibatch-weighted sampling from 737280 images/);
  const saved = await resolveRun({ config: join(directory, "config.json") });
  t.deepEqual(saved.config, JSON.parse(readFileSync(join(directory, "config.json"), "utf8")));
});

for (const stage of ["represent", "synthesise"] as const) {
  test(`a run stopped by a signal in ${stage} and resumed ends with the bytes of one that never stopped`, async (t) => {
    const whole = await undisturbed();
    const out = join(temporaryFolder(), "run");
    const controller = new AbortController();
    const error = await t.throwsAsync(trained({ out, config: withTap(tapAt(stage, 7, () => controller.abort())), signal: controller.signal }), { instanceOf: IdganError });
    t.is((error as IdganError).code, "INTERRUPTED");
    t.is((error as IdganError).exitCode, 75);
    // The tap is part of a run's identity, so the run goes on with it.
    await trained({ out, resume: true, config: withTap(tapAt(stage, -1, () => undefined)) });
    const final = (hashes: Record<string, string>) => Object.keys(hashes).filter((name) => name.endsWith("00000012.safetensors"));
    const names = final(checkpointHashes(out));
    t.is(names.length, 2);
    const tensors = (directory: string, name: string) => tensorHash(join(directory, "checkpoints", name));
    for (const name of names) t.deepEqual(tensors(out, name), tensors(whole, name), name);
  });
}

test("what a GAN updates beside its weights is in its checkpoints: stopped and resumed, the bottleneck's weight ends where it would have", async (t) => {
  const options = { width: 4, maxWidth: 8, bottleneck: true, bottleneckStep: 0.01 };
  const gan = { use: "@idgan/plugin-resnetgan", size: 8, nuisanceDim: 2, options };
  const set = ["represent.steps=1"];
  const config = (tap: ReturnType<typeof tapAt>): UserConfig => ({ ...withTap(tap), gan });
  const idle = config(tapAt("synthesise", -1, () => undefined));
  const out = join(temporaryFolder(), "run");
  const controller = new AbortController();
  await t.throwsAsync(trained({ out, set, config: config(tapAt("synthesise", 7, () => controller.abort())), signal: controller.signal }), { code: "INTERRUPTED" });
  await trained({ out, set, resume: true, config: idle });
  const whole = await trained({ set, config: idle });
  const last = async (directory: string) => (await readCheckpoint(join(directory, "checkpoints", "synthesise-00000012.safetensors"))).tensors;
  const [resumed, straight] = [await last(out), await last(whole)];
  t.deepEqual(resumed, straight);
  const weight = straight.get("state/bottleneckWeight")?.data;
  t.is(weight?.length, 1);
  t.true(weight !== undefined && weight[0] !== 0.1 && Number.isFinite(weight[0]), "it moves");
});

/** SHA-256 of the data area of a safetensors file: the manifest in its header names the config's hash, which differs where a tap was added. */
function tensorHash(path: string): string {
  const bytes = readFileSync(path);
  return createHash("sha256").update(bytes.subarray(8 + Number(bytes.readBigUInt64LE(0)))).digest("hex");
}

test("hooks are first called in the order in which they stand", async (t) => {
  const called: string[] = [];
  const note = (name: string): void => void (called.includes(name) || called.push(name));
  const listener = definePlugin<Record<string, never>>({
    kind: "tap",
    name: "listener",
    core: "*",
    options: {},
    apply(hooks) {
      for (const hook of [hooks.vaeLoss, hooks.discriminatorLoss, hooks.generatorLoss] as const) {
        hook.tap("listener", (terms) => (note(hook.name ?? ""), terms));
      }
      hooks.afterStep.tap("listener", () => note("afterStep"));
      for (const hook of [hooks.beforeRun, hooks.beforeStage, hooks.checkpoint, hooks.afterStage, hooks.encoderFrozen, hooks.afterRun] as const) {
        hook.tapPromise("listener", async () => note(hook.name ?? ""));
      }
    },
  });
  await trained({ config: { presets: ["quickstart"], taps: [{ use: listener }] } });
  t.deepEqual(called, Object.keys(createHooks()));
});

test("a loss that becomes NaN stops the run with code 5, names term and update, and keeps the checkpoints", async (t) => {
  const poison = definePlugin<Record<string, never>>({
    kind: "tap",
    name: "poison",
    core: "*",
    options: {},
    apply(hooks) {
      hooks.vaeLoss.tap("poison", (terms, { step }): readonly LossTerm[] => [
        ...terms,
        { name: "poison", value: tf.log(tf.sub(8.5, step)) as tf.Scalar, weight: 0 },
      ]);
    },
  });
  const out = join(temporaryFolder(), "run");
  const error = await t.throwsAsync(trained({ out, config: { presets: ["quickstart"], taps: [{ use: poison }] } }), { instanceOf: IdganError });
  t.is((error as IdganError).exitCode, 5);
  t.regex(error?.message ?? "", /represent: the loss term "poison" \(NaN\) is no longer finite at update 10/);
  t.regex(error?.message ?? "", /The last good checkpoint is .*represent-00000005\.safetensors; lower the learning rate/);
  t.deepEqual(readdirSync(join(out, "checkpoints")), ["represent-00000005.safetensors"]);
});

test("a damaged last checkpoint is left aside for the one before it, and the run ends with the same bytes", async (t) => {
  const out = await copied();
  const before = checkpointHashes(out);
  truncateSync(join(out, "checkpoints", "synthesise-00000012.safetensors"), 1000);
  await trained({ out, resume: true });
  t.deepEqual(checkpointHashes(out), before);
});

test("a run that is finished stays as it is when it is resumed; lost pictures are painted again", async (t) => {
  const out = await copied();
  const before = checkpointHashes(out);
  const picture = (stage: string) => readdirSync(join(out, "images")).filter((name) => name.startsWith(`${stage}-00000012-`));
  const [first, second] = [picture("represent"), picture("synthesise")];
  for (const name of [...first, ...second]) rmSync(join(out, "images", name));
  await trained({ out, resume: true });
  t.deepEqual(checkpointHashes(out), before);
  t.deepEqual(picture("represent"), first);
  t.deepEqual(picture("synthesise"), second);
});

test("a signal while pictures are painted still saves the update before them", async (t) => {
  const out = join(temporaryFolder(), "run");
  const controller = new AbortController();
  const resolved = await resolveRun({ config: "quickstart", set: [...tiny, "record.checkpoint=1000", "record.pictures=3"], cwd: workspace });
  const reporter = { ...silentReporter, pictureWritten: (path: string) => void (path.includes("00000003") && controller.abort()) };
  await t.throwsAsync(train(resolved, { out, resume: false, reporter, signal: controller.signal }), { message: /saved at update 3/ });
  t.deepEqual(readdirSync(join(out, "checkpoints")), ["represent-00000003.safetensors"]);
});

test("a reporter hears once how a run ended, and of one that is finished that nothing is to do", async (t) => {
  const out = await copied();
  const heard: unknown[] = [];
  const reporter = {
    ...silentReporter,
    message: (_: string, text: string) => void (text.includes("already finished") && heard.push(text)),
    runFinished: (end: object) => void heard.push(end),
    runFailed: (failure: object) => void heard.push({ ...failure, message: "" }),
  };
  const play = async (set: readonly string[], resume: boolean) => {
    const resolved = await resolveRun({ config: "quickstart", set: [...tiny, ...set], cwd: workspace });
    await train(resolved, { out, resume, reporter, signal: new AbortController().signal });
  };
  await play(["synthesise.steps=9"], true);
  t.deepEqual(heard.splice(0), ["represent: already finished at update 12", "synthesise: already finished at update 12; nothing to do", { directory: out }]);
  await t.throwsAsync(play([], false));
  await t.throwsAsync(play(["vae.options.beta=5"], true));
  const failed = (code: string, exit: number) => ({ code, message: "", exit });
  t.deepEqual(heard, [failed("RUN_EXISTS", 2), failed("CONFIG_VALUE", 3)]);
});

test.serial("a run leaves no tensor behind", async (t) => {
  await undisturbed();
  const before = tf.memory().numTensors;
  await trained();
  t.is(tf.memory().numTensors, before);
});

test("the id term has no gradient before its delay is over, and is told of all the while", async (t) => {
  const generatorOf = async (directory: string, step: string) => {
    const { tensors } = await readCheckpoint(join(directory, "checkpoints", `synthesise-${step}.safetensors`));
    return [...tensors].filter(([name]) => name.startsWith("generator/")).flatMap(([, { data }]) => [...data]);
  };
  const furthest = (a: readonly number[], b: readonly number[]): number => a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);
  const loud = ["synthesise.idWeight=1"];
  const [delayed, without] = [await trained({ set: [...loud, "synthesise.idDelay=10"] }), await trained({ set: ["synthesise.idWeight=0"] })];
  t.true(furthest(await generatorOf(delayed, "00000010"), await generatorOf(without, "00000010")) < 1e-6);
  t.true(furthest(await generatorOf(delayed, "00000012"), await generatorOf(without, "00000012")) > 1e-4);
  const told = readFileSync(join(delayed, "events.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as { event: string; stage: string; step: number; losses: Record<string, number> });
  t.true(told.filter(({ event, stage }) => event === "losses" && stage === "synthesise").every(({ losses }) => losses["generator/id"]! > 0));
});
