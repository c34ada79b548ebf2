import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createStream } from "@idgan/core";
import test from "ava";
import { growing, trainByCommand, type Moment } from "./kills.js";
import { checkpointHashes, temporaryFolder } from "./tiny-run.js";

/** How often a run is killed; TEST_KILLS=10 is what a release is held to. */
const kills = Number(process.env["TEST_KILLS"] ?? 3);

const steps = 12;

/** Update `index` of both stages laid end to end. */
function momentOf(index: number): Moment {
  return index < steps ? { stage: "represent", step: index + 1 } : { stage: "synthesise", step: index - steps + 1 };
}


test(`a run killed at ${kills} random updates and resumed each time ends with the bytes of one that never was`, async (t) => {
  const whole = join(temporaryFolder(), "whole");
  const killed = join(temporaryFolder(), "killed");
  t.false(await trainByCommand(whole, { resume: false }));
  const moments = [...createStream(kills, "kills").integers(0, kills, 2 * steps)].sort((a, b) => a - b).map(momentOf);
  let died = 0;
  for (const [index, killAt] of moments.entries()) {
    if (await trainByCommand(killed, { resume: index > 0, killAt })) died += 1;
  }
  t.is(died, kills, `killed at ${moments.map(({ stage, step }) => `${stage} ${step}`).join(", ")}`);
  t.false(await trainByCommand(killed, { resume: true }));
  t.deepEqual(checkpointHashes(killed), checkpointHashes(whole));
  // The log reads as one run: every update once, in order.
  const updates = readFileSync(join(killed, "events.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as { event: string; stage: string; step: number });
  const logged = updates.filter(({ event }) => event === "losses").map(({ stage, step }) => `${stage} ${step}`);
  t.deepEqual(logged, Array.from({ length: 2 * steps }, (_, index) => Object.values(momentOf(index)).join(" ")));
});

test("a GAN that grows, killed at the last update of a size, at the first of the next, and at the last before that stands alone, ends with the bytes of one that never was", async (t) => {
  const [whole, killed] = [join(temporaryFolder(), "whole"), join(temporaryFolder(), "killed")];
  t.false(await trainByCommand(whole, { resume: false, subject: growing }));
  for (const [index, step] of [5, 6, 8].entries()) {
    t.true(await trainByCommand(killed, { resume: index > 0, killAt: { stage: "synthesise", step }, subject: growing }));
  }
  t.false(await trainByCommand(killed, { resume: true, subject: growing }));
  t.deepEqual(checkpointHashes(killed), checkpointHashes(whole));
  const phases = readFileSync(join(killed, "events.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as { event: string; step: number; phase: string });
  t.deepEqual(phases.filter(({ event }) => event === "phase").map(({ step, phase }) => [phase, step]), [["16-fading", 6], ["16", 9]]);
});
