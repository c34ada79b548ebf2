import test from "ava";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Files } from "./atomic-write.js";
import { EventLog, readEvents, type RunEvent } from "./event-log.js";

const root = await fs.mkdtemp(join(tmpdir(), "idgan-events-"));
test.after.always(async () => fs.rm(root, { recursive: true }));

function losses(stage: RunEvent["stage"], step: number, value = 1): RunEvent {
  return { stage, step, event: "losses", losses: { kl: value }, stepsPerSecond: 10 };
}

async function places(path: string): Promise<readonly string[]> {
  return (await readEvents(path)).map(({ stage, step }) => `${stage} ${step}`);
}

test("events are one JSON object a line, in order, with the time", async (t) => {
  const path = join(root, "order.jsonl");
  const log = await EventLog.open(path);
  log.append({ stage: "represent", step: 0, event: "stageStarted", steps: 100, batch: 64 });
  log.append(losses("represent", 10));
  await log.flush();
  log.append({ stage: "represent", step: 10, event: "picture", path: "images/a\nb.png" });
  await log.close();
  const lines = (await fs.readFile(path, "utf8")).trimEnd().split("\n");
  t.is(lines.length, 3);
  const [first, second] = await readEvents(path);
  t.like(first, { stage: "represent", step: 0, event: "stageStarted", batch: 64 });
  t.regex(first?.time ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  t.like(second, losses("represent", 10));
});

test("nothing is written until a flush, and then all of it at once", async (t) => {
  const path = join(root, "batch.jsonl");
  const log = await EventLog.open(path);
  for (let step = 1; step <= 500; step += 1) log.append(losses("represent", step));
  t.is((await fs.stat(path)).size, 0);
  await Promise.all([log.flush(), log.flush()]);
  t.is((await places(path)).length, 500);
  await log.close();
});

test("a loss that is no number is kept as a word", async (t) => {
  const path = join(root, "nan.jsonl");
  const log = await EventLog.open(path);
  log.append(losses("represent", 1, Number.NaN));
  log.append(losses("represent", 2, -Infinity));
  await log.close();
  t.regex(await fs.readFile(path, "utf8"), /"kl":"NaN"[^]*"kl":"-Infinity"/);
});

test("after a resume the log reads as one run: what lies beyond the resumed step is gone", async (t) => {
  const path = join(root, "resume.jsonl");
  const log = await EventLog.open(path);
  for (const step of [10, 20, 30]) log.append(losses("represent", step));
  for (const step of [10, 20, 30]) log.append(losses("synthesise", step));
  await log.truncate("synthesise", 20);
  t.deepEqual(await places(path), ["represent 10", "represent 20", "represent 30", "synthesise 10", "synthesise 20"]);
  await log.truncate("represent", 20);
  t.deepEqual(await places(path), ["represent 10", "represent 20"]);
  log.append(losses("represent", 30));
  await log.close();
  t.deepEqual(await places(path), ["represent 10", "represent 20", "represent 30"]);
});

test("a last line that a kill left half written is dropped, and the next event starts on a line of its own", async (t) => {
  const path = join(root, "half.jsonl");
  const first = await EventLog.open(path);
  first.append(losses("represent", 10));
  await first.close();
  await fs.appendFile(path, '{"time":"2026-01-01T00:00:00Z","stage":"repr');
  t.deepEqual(await places(path), ["represent 10"]);
  const second = await EventLog.open(path);
  second.append(losses("represent", 20));
  await second.close();
  t.deepEqual(await places(path), ["represent 10", "represent 20"]);
});

test("lines that are no events do not stand in the way of reading, and survive a resume", async (t) => {
  const path = join(root, "odd.jsonl");
  await fs.writeFile(path, 'null\nnot json\n{"stage":"represent","step":5}\n{"stage":"represent","step":15}\n');
  t.deepEqual(await places(path), ["represent 5", "represent 15"]);
  const log = await EventLog.open(path);
  await log.truncate("represent", 10);
  await log.close();
  t.is(await fs.readFile(path, "utf8"), 'null\nnot json\n{"stage":"represent","step":5}\n');
});

test("a write that fails half way is told, and its events are there once after the next flush", async (t) => {
  const path = join(root, "full.jsonl");
  let full = true;
  const files: Files = {
    ...fs,
    async open(name, flags) {
      const handle = await fs.open(name, flags);
      const write = handle.write.bind(handle) as (bytes: Uint8Array, offset: number, length: number, position: number) => Promise<{ bytesWritten: number }>;
      const failing = async (bytes: Uint8Array, offset: number, length: number, position: number) => {
        if (full && offset > 0) throw new Error("ENOSPC: no space left on device, write");
        return write(bytes, offset, full ? Math.ceil(length / 2) : length, position);
      };
      return Object.assign(handle, { write: failing });
    },
  };
  const log = await EventLog.open(path, files);
  for (const step of [1, 2, 3]) log.append(losses("represent", step));
  await t.throwsAsync(log.flush(), { code: "RUN_WRITE", message: /full\.jsonl could not be written: ENOSPC.*--resume/ });
  t.true((await fs.stat(path)).size > 0, "half of it reached the disk");
  full = false;
  log.append(losses("represent", 4));
  await log.close();
  t.deepEqual(await places(path), ["represent 1", "represent 2", "represent 3", "represent 4"]);
  t.is((await fs.readFile(path, "utf8")).split("\n").length, 5);
});

test("a log that cannot be opened is refused by name", async (t) => {
  await t.throwsAsync(EventLog.open(join(root, "no", "folder.jsonl")), { code: "RUN_WRITE", message: /folder\.jsonl could not be written/ });
});
