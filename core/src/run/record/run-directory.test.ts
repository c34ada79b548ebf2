import test from "ava";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describeEnvironment } from "./environment.js";
import { createRunDirectory, openRunDirectory } from "./run-directory.js";
import { claimOn, lockRun } from "./run-lock.js";

const root = await fs.mkdtemp(join(tmpdir(), "idgan-runs-"));
test.after.always(async () => fs.rm(root, { recursive: true }));

const config = { seed: 1, vae: { use: "@idgan/plugin-betavae" } };
const software = { coreVersion: "0.1.0", plugins: { "@idgan/plugin-betavae": "0.1.0" }, engine: "eager on cpu", lossConvention: "summed over pixels" };

test("a new run holds its resolved config and the folders to fill", async (t) => {
  const run = await createRunDirectory(join(root, "deep", "new"), "unused", config);
  t.deepEqual((await fs.readdir(run.path)).sort(), ["checkpoints", "config.json", "images", "run.lock"]);
  t.deepEqual(await run.readConfig(), config);
  await run.release();
  t.deepEqual((await fs.readdir(run.path)).sort(), ["checkpoints", "config.json", "images"]);
});

(process.getuid?.() === 0 ? test.skip : test)("a run in a folder of others is a failure to write, not a fault of the folder (not as root, who may write anywhere)", async (t) => {
  const others = join(root, "of others");
  await fs.mkdir(others, { mode: 0o555 });
  await t.throwsAsync(createRunDirectory(join(others, "runs", "mine"), "", config), { code: "RUN_WRITE", message: /cannot be written: EACCES.*rights/ });
});

(process.platform === "linux" ? test : test.skip)("where no folder can be made, a run is refused at once (needs /proc)", async (t) => {
  await t.throwsAsync(createRunDirectory("/proc/nope/deep", "", config), { code: "RUN_INVALID", message: /cannot be made: ENOENT.*'\/proc\/nope'/ });
});

test("a folder that holds a run is refused and left as it is", async (t) => {
  const path = join(root, "exists");
  await (await createRunDirectory(path, "", config)).release();
  await t.throwsAsync(createRunDirectory(path, "", { seed: 2 }), { code: "RUN_EXISTS", message: /exists already holds a run.*--resume/ });
  t.deepEqual(await (await openRunDirectory(path)).readConfig(), config);
});

test("a folder with something else in it is refused, an empty one and a creation that was killed are not", async (t) => {
  const foreign = join(root, "foreign");
  await fs.mkdir(foreign);
  await fs.writeFile(join(foreign, "thesis.tex"), "");
  await t.throwsAsync(createRunDirectory(foreign, "", config), { code: "RUN_INVALID", message: /holds thesis\.tex/ });
  t.deepEqual(await fs.readdir(foreign), ["thesis.tex"]);

  const killed = join(root, "killed");
  await fs.mkdir(join(killed, "checkpoints"), { recursive: true });
  await fs.writeFile(join(killed, "config.json.77-1.tmp"), "{");
  await t.notThrowsAsync(createRunDirectory(killed, "", config));
});

test("a path that cannot be a folder is refused by name", async (t) => {
  await fs.writeFile(join(root, "file"), "");
  await t.throwsAsync(createRunDirectory(join(root, "file"), "", config), { code: "RUN_INVALID", message: /file cannot be made/ });
  await t.throwsAsync(openRunDirectory(join(root, "file")), { code: "RUN_INVALID" });
});

test("only a folder with a readable config opens as a run", async (t) => {
  await t.throwsAsync(openRunDirectory(join(root, "nowhere")), { code: "RUN_INVALID", message: /does not exist.*Check the path/ });
  const path = join(root, "broken");
  await fs.mkdir(path);
  await fs.writeFile(join(path, "config.json"), "{");
  await t.throwsAsync(openRunDirectory(path), { code: "RUN_INVALID", message: /cannot be read/ });
});

test("opening to train sweeps away half-written files; opening to read touches nothing", async (t) => {
  const run = await createRunDirectory(join(root, "sweep"), "", config);
  await run.release();
  const half = join(run.checkpoints, "represent-00000010.safetensors.77-1.tmp");
  await fs.writeFile(half, "half");
  await openRunDirectory(run.path);
  t.is(await fs.readFile(half, "utf8"), "half");
  const training = await openRunDirectory(run.path, { lock: true });
  t.deepEqual(await fs.readdir(run.checkpoints), []);
  await training.release();
});

test("each start of a run adds its environment, without variables, names or addresses", async (t) => {
  const run = await createRunDirectory(join(root, "environment"), "", config);
  process.env["IDGAN_TEST_SECRET"] = "hush";
  await run.addEnvironment(await describeEnvironment(software, root));
  await run.addEnvironment(await describeEnvironment({ ...software, engine: "onnx" }, root));
  const text = await fs.readFile(run.environment, "utf8");
  const [first, second] = JSON.parse(text) as readonly Record<string, unknown>[];
  t.like(first, { ...software, node: process.version });
  t.is(second?.["engine"], "onnx");
  t.false("git" in (first ?? {}), "the temporary folder is in no repository");
  t.false(text.includes("hush") || text.includes(hostname()));
});

test("a damaged list of environments is set aside with a warning, and a new one begun", async (t) => {
  const run = await createRunDirectory(join(root, "damaged"), "", config);
  const warnings: string[] = [];
  for (const damage of ["[{", "also not JSON"]) {
    await fs.writeFile(run.environment, damage);
    await run.addEnvironment(await describeEnvironment(software, root), (text) => warnings.push(text));
  }
  t.deepEqual((await fs.readdir(run.path)).filter((name) => name.startsWith("environment")), ["environment.json", "environment.json.damaged-1", "environment.json.damaged-2"]);
  t.is(await fs.readFile(`${run.environment}.damaged-1`, "utf8"), "[{");
  t.is((JSON.parse(await fs.readFile(run.environment, "utf8")) as readonly unknown[]).length, 1);
  t.is(warnings.length, 2);
});

// In a process of its own, because a worker thread cannot change its working directory.
test("without a path, the first free name under runs is taken, also by runs that start together", async (t) => {
  const script = `
    import { createRunDirectory } from ${JSON.stringify(new URL("./run-directory.js", import.meta.url).href)};
    const runs = await Promise.all([1, 2, 3].map(() => createRunDirectory(undefined, "./presets/quick start.js", {})));
    console.log(JSON.stringify(runs.map((run) => run.path).sort()));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { cwd: await fs.mkdtemp(join(root, "cwd-")), stdio: ["ignore", "pipe", "inherit"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(child, "close");
  const name = "presets-quick-start.js";
  t.deepEqual(JSON.parse(Buffer.concat(chunks).toString()), [name, `${name}-2`, `${name}-3`].map((folder) => join("runs", folder)));
});

test("a second trainer in one run is refused until the first lets go", async (t) => {
  const run = await createRunDirectory(join(root, "two"), "", config);
  await t.throwsAsync(openRunDirectory(run.path, { lock: true }), { code: "RUN_LOCKED", message: new RegExp(`process ${process.pid} `) });
  await t.notThrowsAsync(openRunDirectory(run.path), "reading needs no lock");
  await run.release();
  await (await openRunDirectory(run.path, { lock: true })).release();
});

test("the lock of a killed process is taken over, that of a living one is not", async (t) => {
  const file = join(root, "kill.lock");
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await once(child, "spawn");
  await fs.writeFile(file, JSON.stringify({ pid: child.pid, started: null, host: hostname() }));
  await t.throwsAsync(lockRun(file), { code: "RUN_LOCKED", message: new RegExp(`process ${child.pid} `) });
  child.kill("SIGKILL");
  await once(child, "exit");
  const lock = await lockRun(file);
  t.is((JSON.parse(await fs.readFile(file, "utf8")) as { pid: number }).pid, process.pid);
  await lock.release();
  await t.throwsAsync(fs.access(file));
});

test("of many that find the same dead lock, one takes it", async (t) => {
  const file = join(root, "race.lock");
  await fs.writeFile(file, JSON.stringify({ pid: process.pid, started: "an earlier process of this id", host: hostname() }));
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockRun(file)));
  const refused = results.filter((result) => result.status === "rejected" && (result.reason as { code: string }).code === "RUN_LOCKED");
  const tellsApart = (await fs.readFile("/proc/self/stat").catch(() => undefined)) !== undefined;
  // Without /proc a process is known by its id alone, and this one lives.
  t.is(refused.length, tellsApart ? 19 : 20);
  await t.throwsAsync(fs.access(claimOn(file)));
});

test("a lock that a power cut emptied is taken over, one of another machine is not", async (t) => {
  const empty = join(root, "empty.lock");
  await fs.writeFile(empty, "");
  await (await lockRun(empty)).release();
  const remote = join(root, "remote.lock");
  await fs.writeFile(remote, JSON.stringify({ pid: 1, started: null, host: "elsewhere" }));
  await t.throwsAsync(lockRun(remote), { code: "RUN_LOCKED", message: /process 1 on elsewhere.*delete that file/ });
});

test("a lock that cannot be written is a failure to write, with what to do, and no fault of idgan", async (t) => {
  const error = await t.throwsAsync(lockRun(join(root, "no such folder", "run.lock")), { code: "RUN_WRITE", message: /run\.lock could not be written: ENOENT.*Free disk space/ });
  t.true(error?.cause instanceof Error);
});

test("a lock that another has taken over meanwhile is not released by the one who lost it", async (t) => {
  const file = join(root, "lost.lock");
  const lock = await lockRun(file);
  await fs.writeFile(file, "another's");
  await lock.release();
  t.is(await fs.readFile(file, "utf8"), "another's");
});
