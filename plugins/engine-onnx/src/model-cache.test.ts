import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import test from "ava";
import { ModelCache } from "./model-cache.js";
import { ModelBuilder } from "./onnx/builder.js";
import { Tensor } from "./runtime.js";
import { openSession } from "./session.js";

const settings = { threads: 1, providers: ["cpu"] } as const;

/** x + x + 1, in which there is something to rewrite. */
function model(name: string) {
  const builder = new ModelBuilder();
  const x = builder.input("x", "float32", [2]);
  builder.output(builder.emit("Add", [builder.emit("Add", [x, x]), builder.emit("Identity", [builder.scalar(1)])]), "float32", [2]);
  return builder.build(name);
}

async function resultWith(cache: ModelCache, name = "tested"): Promise<readonly number[]> {
  const session = await openSession(model(name), { ...settings, cache });
  const results = await session.run({ x: new Tensor("float32", Float32Array.of(3, -1), [2]) });
  await session.release();
  return Array.from(Object.values(results)[0]?.data as Float32Array);
}

function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "idgan-cache-"));
  return body(folder).finally(() => rmSync(folder, { recursive: true }));
}

test("a model opened again comes from the cache, and computes the same", (t) =>
  withFolder(async (folder) => {
    const cache = new ModelCache("1", folder);
    t.deepEqual(await resultWith(cache), [7, -1]);
    const kept = readdirSync(folder);
    t.is(kept.length, 1);
    t.regex(kept[0] ?? "", /^[0-9a-f]{64}\.onnx$/);
    t.deepEqual(await resultWith(cache), [7, -1]);
    t.deepEqual(readdirSync(folder), kept);
    await resultWith(new ModelCache("2", folder));
    t.is(readdirSync(folder).length, 2, "another runtime has models of its own");
  }));

test("a damaged file of the cache is replaced", (t) =>
  withFolder(async (folder) => {
    const cache = new ModelCache("1", folder);
    await resultWith(cache);
    const file = join(folder, readdirSync(folder)[0] ?? "");
    const sound = readFileSync(file);
    const damaged = Buffer.from(sound);
    damaged[damaged.length - 3] = 255 - (damaged.at(-3) ?? 0);
    for (const bytes of [damaged, sound.subarray(0, 40), Buffer.alloc(0)]) {
      writeFileSync(file, bytes);
      t.deepEqual(await resultWith(cache), [7, -1]);
      t.deepEqual(readFileSync(file), sound);
    }
  }));

test("where nothing can be kept, everything works without", (t) =>
  withFolder(async (folder) => {
    const file = join(folder, "a file");
    writeFileSync(file, "in the way");
    t.deepEqual(await resultWith(new ModelCache("1", file)), [7, -1]);
    t.is(readFileSync(file, "utf8"), "in the way");
  }));

test("of many models the ones used last are kept", (t) =>
  withFolder(async (folder) => {
    const cache = new ModelCache("1", folder, 2);
    for (const name of ["a", "b", "a", "c"]) {
      await resultWith(cache, name);
      await setTimeout(20);
    }
    t.is(readdirSync(folder).length, 2);
    const before = new Set(readdirSync(folder));
    await resultWith(cache, "a");
    t.deepEqual(new Set(readdirSync(folder)), before, "a was used after b, and is still there");
  }));
