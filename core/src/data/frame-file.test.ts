import { execFile } from "node:child_process";
import { readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import { IdganError } from "../contract/error.js";
import { bytesOf, invalid, temporary } from "./data.test.builder.js";
import { frameFilePath, openFrameFile, writeFrameFile } from "./frame-file.js";

const large = bytesOf(1, 700_000);

test("frames come back from a prepared file by index, and it is opened only for what it was made of", async (t) => {
  const path = frameFilePath(join(await temporary(t), "inner"), "a source");
  t.is(await openFrameFile(path, "a source"), undefined);
  const made = await writeFrameFile(path, { fingerprint: "a source", length: 1000, frames: 700 }, async (writer) => {
    await writer.append(large.subarray(0, 300_000));
    await writer.append(large.subarray(300_000));
    return { notes: ["ü"] };
  });
  t.deepEqual([made.count, made.length, made.extra], [700, 1000, { notes: ["ü"] }]);
  const read = await made.read([699, 0, 0, 301]);
  t.deepEqual([699, 0, 0, 301].map((index, i) => large.subarray(index * 1000, index * 1000 + 1000).equals(read.subarray(i * 1000, i * 1000 + 1000))), [true, true, true, true]);
  const many = Array.from({ length: 40 }, (_, i) => (i * 37) % 700);
  t.deepEqual(await made.readUnits(many), Float32Array.from(await made.read(many), (level) => level / 255));
  for (const index of [700, -1, 0.5, Number.NaN]) {
    await t.throwsAsync(made.read([index]), { instanceOf: RangeError });
    await t.throwsAsync(made.readUnits([3, index]), { instanceOf: RangeError });
  }
  await made.close();
  t.is(await openFrameFile(path, "another source"), undefined);
  const again = await openFrameFile(path, "a source");
  t.is(again?.count, 700);
  await again?.close();
});

test.serial("frames of a batch are in their places once one took so long that the rest is waited for elsewhere", async (t) => {
  const path = frameFilePath(await temporary(t), "slow");
  const made = await writeFrameFile(path, { fingerprint: "slow", length: 1000, frames: 700 }, async (writer) => await writer.append(large));
  t.teardown(() => made.close());
  const indices = Array.from({ length: 40 }, (_, i) => (i * 37) % 700);
  const now = performance.now.bind(performance);
  t.teardown(() => Object.assign(performance, { now }));
  let looks = 0;
  // Every look at the clock is an hour after the one before.
  Object.assign(performance, { now: () => (looks += 3_600_000) });
  const read = await made.readUnits(indices);
  t.true(looks < 10 * 3_600_000, "the first frame was slow");
  t.deepEqual(read, Float32Array.from(await made.read(indices), (level) => level / 255));
});

test("a prepared file that is cut off, half written or of another version is no prepared file, and a failure leaves nothing behind", async (t) => {
  const folder = await temporary(t);
  const path = frameFilePath(folder, "x");
  const make = async (fail = false) => writeFrameFile(path, { fingerprint: "x", length: 10, frames: 2 }, async (writer) => {
    await writer.append(Buffer.alloc(20, 1));
    if (fail) throw new IdganError("DATA_INVALID", "the source broke.");
  });
  await t.throwsAsync(make(true), { message: "the source broke." });
  t.deepEqual(await readdir(folder), []);
  await (await make()).close();
  const whole = await readFile(path);
  const other = Buffer.from(whole);
  other[13] = "9".charCodeAt(0);
  for (const bytes of [whole.subarray(0, -1), whole.subarray(0, 20), Buffer.alloc(0), other, Buffer.concat([whole, whole])]) {
    await writeFile(path, bytes);
    t.is(await openFrameFile(path, "x"), undefined);
  }
  const cut = await make();
  t.teardown(() => cut.close());
  await truncate(path, 35);
  await invalid(t, cut.read([1]), /cut off while it was used/);
});

test("more than the disk can hold, or a place that cannot be written, is refused with what to do", async (t) => {
  const folder = await temporary(t);
  await invalid(t, writeFrameFile(join(folder, "x.frames"), { fingerprint: "x", length: 2 ** 30, frames: 2 ** 22 }, async () => undefined), /MB are free.*IDGAN_CACHE/);
  await writeFile(join(folder, "file"), "");
  await invalid(t, writeFrameFile(join(folder, "file", "x.frames"), { fingerprint: "x", length: 1, frames: 1 }, async () => undefined), /cannot be written/);
});

/** A process that keeps three frames of five unless an earlier one did, writes a fourth, and is killed. */
const killed = (path: string): string => `
  import { writeFrameFile } from ${JSON.stringify(new URL("frame-file.js", import.meta.url).href)};
  await writeFrameFile(${JSON.stringify(path)}, { fingerprint: "f", length: 4, frames: 5 }, async ({ append, keep, kept }) => {
    if (kept === undefined) {
      await append(Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2));
      await keep({ seen: 3 });
    }
    await append(Uint8Array.of(9, 9, 9, 9));
    process.kill(process.pid, "SIGKILL");
    await new Promise(() => setInterval(() => undefined, 1000));
  });
`;

async function kill(t: ExecutionContext, path: string): Promise<void> {
  t.like(await t.throwsAsync(promisify(execFile)(process.execPath, ["--input-type=module", "--eval", killed(path)])), { signal: "SIGKILL" });
}

test("what a killed process kept of a prepared file is gone on with, once another that went on with it was killed too, and what none kept is not", async (t) => {
  for (const kills of [1, 2]) {
    const folder = await temporary(t);
    const path = join(folder, "x.frames");
    for (let i = 0; i < kills; i += 1) await kill(t, path);
    t.is(await openFrameFile(path, "f"), undefined);
    const made = await writeFrameFile(path, { fingerprint: "f", length: 4, frames: 5 }, async ({ append, kept }) => {
      t.deepEqual(kept, { seen: 3 }, `killed ${kills} times`);
      await append(Uint8Array.of(3, 3, 3, 3, 4, 4, 4, 4));
      return { seen: 5 };
    });
    t.deepEqual([...(await made.read([0, 1, 2, 3, 4]))], [0, 1, 2, 3, 4].flatMap((level) => [level, level, level, level]));
    await made.close();
    t.deepEqual(await readdir(folder), ["x.frames"]);
  }
});

test("an earlier process may have had this one's number, as in a container; its word may be lost; what was kept can be thrown away", async (t) => {
  const folder = await temporary(t);
  const path = join(folder, "x.frames");
  const before = Math.round(Date.now() - 1000 * process.uptime() - 5000).toString(36);
  const leave = async (): Promise<readonly string[]> => {
    await kill(t, path);
    return await Promise.all((await readdir(folder)).filter((name) => name !== "x.frames").sort().map(async (name) => {
      const old = join(folder, name.replace(/-\d+-[0-9a-z]{8}/, `-${process.pid}-${before}`));
      await rename(join(folder, name), old);
      return old;
    }));
  };
  const make = async (expected: unknown): Promise<void> => {
    const made = await writeFrameFile(path, { fingerprint: "f", length: 4, frames: 5 }, async ({ append, kept, restart }) => {
      t.deepEqual(kept, expected);
      await append(new Uint8Array(4000));
      await restart();
      await append(new Uint8Array(8).fill(5));
    });
    t.deepEqual([...(await made.read([0, 1]))], [5, 5, 5, 5, 5, 5, 5, 5]);
    await made.close();
    t.deepEqual([made.count, await readdir(folder)], [2, ["x.frames"]]);
  };
  await leave();
  await make({ seen: 3 });
  await writeFile((await leave())[1] ?? "", "");
  await make(undefined);
});

test("an unfinished file of a living process is left alone, and one that is shorter than was kept begins anew", async (t) => {
  const folder = await temporary(t);
  const path = join(folder, "x.frames");
  const write = (level: number, during: () => Promise<void>) => writeFrameFile(path, { fingerprint: "f", length: 4, frames: 1 }, async ({ append, keep, kept }) => {
    t.is(kept, undefined);
    await append(new Uint8Array(4).fill(level));
    await keep({});
    await during();
    return {};
  });
  const inner = await write(1, async () => await (await write(2, async () => undefined)).close());
  t.deepEqual([...(await inner.read([0]))], [1, 1, 1, 1]);
  await inner.close();
  await rm(path);
  await kill(t, path);
  const unfinished = (await readdir(folder)).find((name) => !name.endsWith(".kept")) ?? "";
  await truncate(join(folder, unfinished), 40);
  await (await write(3, async () => undefined)).close();
  t.deepEqual(await readdir(folder), ["x.frames"]);
});
