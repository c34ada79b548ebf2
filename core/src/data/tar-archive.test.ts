import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { openSourceFile } from "./source-file.js";
import { readTar } from "./tar-archive.js";

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

test("a record of pax without a blank, which a damaged archive was found to have, is passed over", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "idgan-tar-"));
  t.teardown(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "a.tar"), Buffer.concat([entry("x", "x", "15\0path=b.png\n"), entry("a.png", "0", "abc")]));
  const source = await openSourceFile(join(folder, "a.tar"));
  t.teardown(() => source.close());
  t.deepEqual((await readTar(source)).entries.map(({ name }) => name), ["a.png"]);
});
