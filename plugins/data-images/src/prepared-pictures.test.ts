import { execFile } from "node:child_process";
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Worker } from "node:worker_threads";
import { mayPass } from "@idgan/core";
import test, { type ExecutionContext } from "ava";
import sharp from "sharp";
import { DecoderPool } from "./decoder-pool.js";
import { fingerprintWithout } from "./fault-list.js";
import type { Preparation } from "./picture.js";
import type { PicturePlace } from "./picture-place.js";
import { openPrepared, type Prepared } from "./prepared-pictures.js";

const preparation: Preparation = { size: 4, channels: 1, fit: "fill", crop: null, leastSide: 0 };
const length = 16;
/** Modification times of files that come and go, in seconds. */
const time = 1000;

async function temporary(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "idgan-prepared-"));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

/** A picture of one grey level, there or only listed. */
async function picture(folder: string, level: number, isThere = true): Promise<PicturePlace> {
  const [name, path] = [`${level}.png`, join(folder, `${level}.png`)];
  const bytes = await sharp({ create: { width: 4, height: 4, channels: 3, background: { r: level, g: level, b: level } } }).png().toBuffer();
  if (isThere) {
    await writeFile(path, bytes);
    await utimes(path, time, time);
  }
  return { name, path, bytes: bytes.length, modified: time * 1000 };
}

function poolOf(t: ExecutionContext, workers: number): DecoderPool {
  const pool = new DecoderPool(preparation, workers);
  t.teardown(() => pool.close());
  return pool;
}

/** The levels of what is prepared, and the faults of the rest. */
async function prepared(t: ExecutionContext, folder: string, places: readonly PicturePlace[]) {
  const frames = await openPrepared({ places, broken: "skip", progress: undefined, path: join(folder, "x.frames"), fingerprint: "f", source: folder }, poolOf(t, 0));
  const pixels = await frames.read(Array.from({ length: frames.count }, (_, i) => i));
  await frames.close();
  return { levels: [...pixels].filter((_, i) => i % length === 0), ...(frames.extra as Prepared).faults };
}

test("what the system did not give is left out until it does, and what is broken inside stays left out without another look", async (t) => {
  const folder = await temporary(t);
  const places = [await picture(folder, 10), await picture(folder, 20, false), await picture(folder, 30), { ...(await picture(folder, 40)), fault: "is broken" }];
  for (let opening = 0; opening < 2; opening += 1) t.like(await prepared(t, folder, places), { levels: [10, 30], places: [1, 3], passing: [1] });
  await picture(folder, 20);
  t.like(await prepared(t, folder, places), { levels: [10, 20, 30], places: [3], passing: [] });
  await rm(join(folder, "30.png"));
  t.like(await prepared(t, folder, places), { levels: [10, 20, 30], places: [3] }, "nothing is read again");
});

test("a data set that lacks what the system did not give is another than the whole one", (t) => {
  const [whole, other] = [{ places: [1, 3], passing: [], named: [] }, { places: [1, 3], passing: [3], named: [] }];
  t.is(fingerprintWithout("f", whole), "f");
  t.regex(fingerprintWithout("f", other), /^f without [0-9a-f]{64}$/);
  t.not(fingerprintWithout("f", other), fingerprintWithout("f", { ...other, passing: [1] }));
});

/** A process that prepares two of three pictures, and is killed. */
const killed = (path: string): string => `
  import { writeFrameFile } from ${JSON.stringify(import.meta.resolve("@idgan/core/data"))};
  await writeFrameFile(${JSON.stringify(path)}, { fingerprint: "f", length: ${length}, frames: 3 }, async ({ append, keep }) => {
    await append(new Uint8Array(${length}).fill(99));
    await keep({ seen: 2, faults: { places: [1], passing: [1], named: ["20.png"] } });
    process.kill(process.pid, "SIGKILL");
    await new Promise(() => setInterval(() => undefined, 1000));
  });
`;

test("what was interrupted is gone on with, unless the system gives by now what it did not give then", async (t) => {
  for (const isThere of [false, true]) {
    const folder = await temporary(t);
    const places = [await picture(folder, 10), await picture(folder, 20, isThere), await picture(folder, 30)];
    await t.throwsAsync(promisify(execFile)(process.execPath, ["--input-type=module", "--eval", killed(join(folder, "x.frames"))]));
    t.deepEqual((await prepared(t, folder, places)).levels, isThere ? [10, 20, 30] : [99, 30]);
  }
});

test("failures of rights, open files, memory and disks may pass, those of what a file holds do not", (t) => {
  const named = (code: string): Error => Object.assign(new Error("x"), { code });
  for (const code of ["EACCES", "EMFILE", "EIO", "ENOENT", "ESTALE"]) t.true(mayPass(new Error("outer", { cause: named(code) })), code);
  for (const message of ["WebAssembly.Memory.grow(): Unable to grow instance memory", "Array buffer allocation failed", "vips_tracked: out of memory --size == 100MB", "changed since it was listed"]) t.true(mayPass(new Error(message)), message);
  for (const error of [named("ERR_OUT_OF_RANGE"), named("Z_DATA_ERROR"), new Error("VipsJpeg: premature end of JPEG image"), new Error("memory access out of bounds"), "EACCES"]) t.false(mayPass(error), String(error));
});

test.serial("a thread that ends fails what it decoded and leaves the rest to another", async (t) => {
  const folder = await temporary(t);
  const places = await Promise.all([10, 20, 30].map(async (level) => await picture(folder, level)));
  const workers: Worker[] = [];
  const note = (worker: Worker): void => void workers.push(worker);
  process.on("worker", note);
  t.teardown(() => process.off("worker", note));
  const pool = poolOf(t, 1);
  const [first, second] = [pool.decode(places.slice(0, 1)), pool.decode(places.slice(1))];
  const failed = t.throwsAsync(first, { message: /A thread that decodes pictures ended .*10\.png/ });
  setImmediate(() => void workers.at(-1)?.terminate());
  await failed;
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 20_000).unref());
  t.deepEqual([...((await Promise.race([second, late]))?.pixels ?? [])].filter((_, i) => i % length === 0), [20, 30]);
});
