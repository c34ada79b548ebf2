import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { frameFilePath, openFrameFile, writeFrameFile } from "./frame-file.js";
import { listPrepared, prunePrepared } from "./prepared-files.js";

const day = 86_400_000;

test("prepared files are listed by when they were used, and pruned by it; what is young, unfinished since today or no prepared file stays", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "idgan-prepared-"));
  t.teardown(() => rm(folder, { recursive: true }));
  t.deepEqual(await listPrepared(join(folder, "nowhere")), []);
  const now = Date.now();
  const aged = async (path: string, days: number): Promise<string> => {
    await utimes(path, new Date(now - days * day), new Date(now - days * day));
    return path;
  };
  const make = async (name: string, days: number): Promise<string> => {
    const path = frameFilePath(folder, name);
    await (await writeFrameFile(path, { fingerprint: name, length: 10, frames: 2, source: name }, async ({ append }) => await append(new Uint8Array(20)))).close();
    return await aged(path, days);
  };
  const put = async (path: string, text: string, days: number): Promise<string> => {
    await writeFile(path, text);
    return await aged(path, days);
  };
  const [used, forgotten] = [await make("used", 40), await make("forgotten", 35)];
  await (await openFrameFile(used, "used"))?.close();
  const other = await put(frameFilePath(folder, "other"), "idgan frames 9\n\nwhat a later version writes", 33);
  const writing = await put(`${frameFilePath(folder, "writing")}.here-1-abc`, "x", 0.5);
  const left = await put(`${frameFilePath(folder, "left")}.here-1-abc`, "x", 34);
  const word = await put(`${frameFilePath(folder, "left")}.here-1-abc.kept`, "{}", 34.2);
  await put(join(folder, "notes.txt"), "mine", 99);
  await put(frameFilePath(folder, "no frames"), "something else of this name", 99);
  const listed = await listPrepared(folder);
  t.deepEqual(listed.map(({ path, state, images, source }) => [path, state, images, source]), [
    [used, "whole", 2, "used"],
    [writing, "unfinished", undefined, undefined],
    [other, "other", undefined, undefined],
    [left, "unfinished", undefined, undefined],
    [word, "kept", undefined, undefined],
    [forgotten, "whole", 2, "forgotten"],
  ]);
  t.deepEqual(await listPrepared(folder), listed, "to be listed is not to be used");
  t.deepEqual((await prunePrepared(folder, 34.5)).map(({ path }) => path), [forgotten]);
  t.deepEqual((await prunePrepared(folder, 0, now + day / 4)).map(({ path }) => path), [used, other, left, word]);
  t.deepEqual((await listPrepared(folder)).map(({ path }) => path), [writing]);
});
