import test from "ava";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Files } from "./atomic-write.js";
import { type CheckpointContent, readCheckpoint, writeCheckpoint } from "./checkpoint.js";
import { CheckpointStore, type CheckpointStoreOptions } from "./checkpoint-store.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";

const root = await fs.mkdtemp(join(tmpdir(), "idgan-checkpoints-"));
test.after.always(async () => fs.rm(root, { recursive: true }));

let stores = 0;
function storeIn(options: CheckpointStoreOptions = {}, folder = join(root, String((stores += 1)))): CheckpointStore {
  return new CheckpointStore(folder, options);
}

function contentAt(step: number, stage: "represent" | "synthesise" = "represent", final = false): CheckpointContent {
  return {
    manifest: { stage, step, imagesShown: 64 * step, final, configHash: "abc", dataFingerprint: "images", engine: "eager", coreVersion: "0.1.0" },
    tensors: new Map([["w", { shape: [2, 2], data: Float32Array.from([step, 1, 2, 3]) }]]),
  };
}

/** A file system whose disk is full after `room` bytes of the temporary file. */
function fullAfter(room: number, code: string): Files {
  return {
    ...fs,
    async open(path, flags) {
      const handle = await fs.open(path, flags);
      if (flags !== "wx") return handle;
      const write = handle.write.bind(handle) as (bytes: Uint8Array, offset: number, length: number, position: number | null) => Promise<{ bytesWritten: number }>;
      let left = room;
      const limited = async (bytes: Uint8Array, offset: number, length: number, position: number | null) => {
        if (left <= 0) throw Object.assign(new Error(`${code}: no space left on device, write`), { code });
        const result = await write(bytes, offset, Math.min(length, left), position);
        left -= result.bytesWritten;
        return result;
      };
      return Object.assign(handle, { write: limited });
    },
  };
}

test("a checkpoint comes back with its manifest and tensors, under a name that sorts by step", async (t) => {
  const store = storeIn();
  const path = await store.write(contentAt(500));
  t.is(path, join(store.folder, "represent-00000500.safetensors"));
  t.deepEqual(await store.latest("represent"), { path, ...contentAt(500) });
  t.is(await store.latest("synthesise"), undefined);
});

test("the same state gives the same bytes", async (t) => {
  const [a, b] = [await storeIn().write(contentAt(5)), await storeIn().write(contentAt(5))];
  t.deepEqual(await fs.readFile(a), await fs.readFile(b));
});

test("the newest few of each stage stay, and the final one for ever", async (t) => {
  const store = storeIn({ keep: 2 });
  for (const [step, final] of [[10, false], [20, true], [30, false], [40, false], [50, false]] as const) await store.write(contentAt(step, "represent", final));
  await store.write(contentAt(5, "synthesise"));
  t.deepEqual((await store.list()).map(({ stage, step }) => `${stage} ${step}`), ["synthesise 5", "represent 50", "represent 40", "represent 20"]);
});

test("the checkpoint just written stays, though older ones of a later step lie beside it", async (t) => {
  const store = storeIn({ keep: 1 });
  await store.write(contentAt(1000));
  await store.write(contentAt(600));
  t.deepEqual((await store.list("represent")).map(({ step }) => step), [1000, 600]);
});

test("a step beyond eight digits is still the newest", async (t) => {
  const store = storeIn();
  await store.write(contentAt(99_999_999));
  await store.write(contentAt(100_000_000));
  t.is((await store.latest("represent"))?.manifest.step, 100_000_000);
});

for (const [code, room] of [["ENOSPC", 0], ["ENOSPC", 300], ["EIO", 30]] as const) {
  test(`${code} after ${room} bytes leaves the last good checkpoint and no half one`, async (t) => {
    const good = await storeIn().write(contentAt(10));
    const store = storeIn({ files: fullAfter(room, code) }, join(good, ".."));
    const error = await t.throwsAsync(store.write(contentAt(20)), { code: "CHECKPOINT_WRITE", message: new RegExp(code) });
    t.true(error?.message.includes(good));
    t.regex(error?.message ?? "", /--resume/);
    t.deepEqual(await fs.readdir(store.folder), ["represent-00000010.safetensors"]);
    t.is((await store.latest("represent"))?.manifest.step, 10);
  });
}

test("a failure to rename over a checkpoint of the same step leaves that one as it was", async (t) => {
  const path = await storeIn().write(contentAt(10));
  const before = await fs.readFile(path);
  const files: Files = { ...fs, rename: () => Promise.reject(new Error("EIO: i/o error, rename")) };
  const changed = { ...contentAt(10), tensors: new Map([["w", { shape: [1], data: Float32Array.of(9) }]]) };
  await t.throwsAsync(storeIn({ files }, join(path, "..")).write(changed), { code: "CHECKPOINT_WRITE" });
  t.deepEqual(await fs.readFile(path), before);
  t.deepEqual(await fs.readdir(join(path, "..")), ["represent-00000010.safetensors"]);
});

test("a process killed between writing and renaming loses nothing, and what it left is swept away", async (t) => {
  const store = storeIn();
  await store.write(contentAt(10));
  const script = `
    import * as fs from "node:fs/promises";
    import { CheckpointStore } from ${JSON.stringify(new URL("./checkpoint-store.js", import.meta.url).href)};
    const rename = () => { process.kill(process.pid, "SIGKILL"); return new Promise(() => {}); };
    const store = new CheckpointStore(${JSON.stringify(store.folder)}, { files: { ...fs, rename } });
    const manifest = ${JSON.stringify(contentAt(20).manifest)};
    await store.write({ manifest, tensors: new Map([["w", { shape: [4], data: new Float32Array(4) }]]) });`;
  const [, signal] = await once(spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "inherit" }), "exit");
  t.is(signal, "SIGKILL");
  const left = await fs.readdir(store.folder);
  t.is(left.length, 2);
  t.is(left.filter((name) => name.endsWith(".tmp")).length, 1);
  t.is((await store.latest("represent"))?.manifest.step, 10);
  await store.sweep();
  t.deepEqual(await fs.readdir(store.folder), ["represent-00000010.safetensors"]);
});

test("a damaged newest checkpoint is told of, and the one before it is used", async (t) => {
  const warnings: string[] = [];
  const store = storeIn({ warn: (text) => warnings.push(text) });
  await store.write(contentAt(10));
  const newest = await store.write(contentAt(20));
  const bytes = await fs.readFile(newest);
  bytes[bytes.length - 3]! ^= 1;
  await fs.writeFile(newest, bytes);
  t.is((await store.latest("represent"))?.manifest.step, 10);
  t.is(warnings.length, 1);
  t.true(warnings[0]?.includes(newest));
  t.regex(warnings[0] ?? "", /checksum/);
  t.true((await fs.readdir(store.folder)).includes("represent-00000020.safetensors"));
});

test("when all are damaged the run does not silently start anew", async (t) => {
  const store = storeIn();
  await fs.truncate(await store.write(contentAt(10)), 100);
  await t.throwsAsync(store.latest("represent"), { code: "CHECKPOINT_INVALID", message: /The only checkpoint of .* does not read whole/ });
});

test("one flipped bit anywhere in the file is found", async (t) => {
  const path = await storeIn().write(contentAt(10));
  const whole = await fs.readFile(path);
  for (let at = 0; at < whole.length; at += 7) {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 1 << (at % 8);
    await fs.writeFile(path, bytes);
    await t.throwsAsync(readCheckpoint(path), { code: "CHECKPOINT_INVALID" }, `byte ${at}`);
  }
});

test("a foreign safetensors file and a later version are told apart from damage", async (t) => {
  const path = join(root, "foreign.safetensors");
  await writeSafetensors(path, { metadata: { format: "pt" }, tensors: new Map() });
  await t.throwsAsync(readCheckpoint(path), { code: "CHECKPOINT_INVALID", message: /no checkpoint of idgan/ });
  await writeCheckpoint(path, contentAt(1));
  const { metadata, tensors } = await readSafetensors(path);
  await writeSafetensors(path, { metadata: { ...metadata, version: "2" }, tensors });
  await t.throwsAsync(readCheckpoint(path), { code: "CHECKPOINT_INVALID", message: /version 2.*Update @idgan\/core/ });
  await writeSafetensors(path, { metadata: { ...metadata, manifest: '{"stage":"represent"}' }, tensors });
  await t.throwsAsync(readCheckpoint(path), { code: "CHECKPOINT_INVALID", message: /manifest lacks a field/ });
});

test("other files in the folder are neither listed nor deleted", async (t) => {
  const store = storeIn({ keep: 1 });
  await store.write(contentAt(1));
  await fs.writeFile(join(store.folder, "notes.txt"), "mine");
  await store.write(contentAt(2));
  t.deepEqual(await fs.readdir(store.folder), ["notes.txt", "represent-00000002.safetensors"]);
});
