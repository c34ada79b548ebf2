import { readdirSync } from "node:fs";
import { join } from "node:path";
import { planRun, readCheckpoint, resolveRun, secondsOf, silentReporter, type PhasePlan, type RunPlan } from "@idgan/core";
import test from "ava";
import { temporaryFolder, tiny, undisturbed, workspace } from "./tiny-run.js";

async function planOf(set: readonly string[] = [], config = "quickstart"): Promise<{ readonly plan: RunPlan; readonly counted: RunPlan | undefined }> {
  const resolved = await resolveRun({ config, set: [...tiny, ...set], cwd: workspace });
  let counted: RunPlan | undefined;
  const plan = await planRun(resolved, { reporter: silentReporter, signal: new AbortController().signal, counted: (it) => (counted = it) });
  return { plan, counted };
}

const onlyPhase = ({ stages }: RunPlan, stage: string): PhasePlan => stages.find((each) => each.stage === stage)!.phases[0]!;

test("a plan counts what the checkpoints of the run hold", async (t) => {
  const { plan } = await planOf();
  const sizes = async (stage: string): Promise<(prefix: string) => number> => {
    const { tensors } = await readCheckpoint(join(await undisturbed(), "checkpoints", `${stage}-00000012.safetensors`));
    return (prefix) => [...tensors].filter(([name]) => name.startsWith(prefix)).reduce((sum, [, { data }]) => sum + data.length, 0);
  };
  const [represent, synthesise] = plan.stages;
  const [first, second] = [await sizes("represent"), await sizes("synthesise")];
  t.deepEqual(represent?.parameters, { encoder: first("encoder/"), decoder: first("decoder/") });
  t.deepEqual(synthesise?.parameters, { generator: second("generator/"), discriminator: second("discriminator/"), "frozen encoder": first("encoder/") });
  t.deepEqual([represent?.checkpointBytes, synthesise?.checkpointBytes], [4 * first(""), 4 * second("")]);
});

test("every phase is timed, and the run's time is that of its updates", async (t) => {
  const { plan, counted } = await planOf();
  t.deepEqual(plan.stages.map(({ phases }) => phases.map(({ updates }) => updates)), [[12], [12]]);
  t.true(plan.stages.flatMap(({ phases }) => phases).every(({ probe, flops, activationBytes }) => probe!.milliseconds > 0 && probe!.peakBytes > 2 ** 20 && flops > 0 && activationBytes > 0));
  t.is(secondsOf(counted!), undefined);
  t.is(secondsOf(plan), plan.stages.flatMap(({ phases }) => phases).reduce((sum, { probe, updates }) => sum + (probe!.milliseconds / 1000) * updates, 0));
});

test("microbatches do the same operations with fewer activations", async (t) => {
  // β-TCVAE's losses compare the images of a batch; β-VAE's do not.
  const planned = async (...set: readonly string[]): Promise<PhasePlan> => onlyPhase((await planOf(["vae.use=@idgan/plugin-betavae", ...set])).plan, "represent");
  const [whole, parts] = [await planned(), await planned("represent.microbatch=2")];
  t.is(parts.flops, whole.flops);
  t.true(parts.activationBytes < whole.activationBytes);
  t.deepEqual([whole.microbatch, parts.microbatch], [8, 2]);
});

test("an update counts R1 as often as it enters", async (t) => {
  const flops = async (...set: readonly string[]): Promise<number> => onlyPhase((await planOf(set)).plan, "synthesise").flops;
  const [always, never, sometimes] = [await flops(), await flops("synthesise.r1Weight=0"), await flops("synthesise.r1Interval=4")];
  t.true(never < always);
  t.is(sometimes, always / 4 + (3 / 4) * never);
});

test("a GAN that grows is planned phase by phase", async (t) => {
  const small = ["gan.size=16", "synthesise.r1Interval=1", "synthesise.steps=12", "gan.options.width=16", "gan.options.styleDim=4", "gan.options.stableImages=16", "gan.options.fadeImages=16", "gan.options.batches={}", "gan.nuisanceDim=2"];
  const { plan } = await planOf(small, "stylegan-sprites");
  const { phases } = plan.stages[1]!;
  t.deepEqual(phases.map(({ key, size }) => [key, size]), [["8", 8], ["16-fading", 16], ["16", 16]]);
  t.is(phases.reduce((sum, { updates }) => sum + updates, 0), 12);
  t.true(phases[0]!.flops < phases[2]!.flops && phases[2]!.flops <= phases[1]!.flops);
});

test("a plan leaves nothing behind", async (t) => {
  const [folder, before] = [temporaryFolder(), process.cwd()];
  process.chdir(folder);
  try {
    await planOf();
  } finally {
    process.chdir(before);
  }
  t.deepEqual(readdirSync(folder), []);
});
