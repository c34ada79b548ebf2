import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { openSourceFile } from "./source-file.js";
import { readTar, type TarArchive } from "./tar-archive.js";

/** A header with its checksum, and its content in whole blocks. */
function entry(name: string, kind: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.fill(0x20, 148, 156);
  header.write(kind, 156);
  header.write(`${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, Buffer.from(content.padEnd(512 * Math.ceil(content.length / 512), "\0"))]);
}

async function read(t: ExecutionContext, bytes: Buffer): Promise<TarArchive> {
  const folder = await mkdtemp(join(tmpdir(), "idgan-tar-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "a.tar"), bytes);
  const source = await openSourceFile(join(folder, "a.tar"));
  t.teardown(() => source.close());
  return await readTar(source);
}

test("a record of pax without a blank, which a damaged archive was found to have, is passed over", async (t) => {
  t.deepEqual((await read(t, Buffer.concat([entry("x", "x", "15\0path=b.png\n"), entry("a.png", "0", "abc")]))).entries.map(({ name }) => name), ["a.png"]);
});

test("an archive that is cut off inside of an entry's beginning is damaged there, one inside of the zeros at its end is not", async (t) => {
  const [a, b] = [entry("a.png", "0", "abc"), entry("b.png", "0", "abc")];
  const cut = await read(t, Buffer.concat([a, b.subarray(0, 300)]));
  t.deepEqual([cut.entries.map(({ name }) => name), cut.damage], [["a.png"], "it ends inside of an entry's beginning at byte 1024"]);
  t.is((await read(t, Buffer.concat([a, Buffer.alloc(300)]))).damage, undefined);
  t.is((await read(t, a)).damage, undefined);
  await t.throwsAsync(read(t, a.subarray(0, 300)), { message: /does not begin as one/ });
});
