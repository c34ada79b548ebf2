// Opens damaged files one after the other and tells its parent of each: node child.mjs READER FIRST END FOLDER
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { IdganError } from "@idgan/core";
import { mutate } from "./mutate.mjs";
import { readers } from "./readers.mjs";

const [name, first, end, folder] = process.argv.slice(2);
const reader = readers.find((each) => each.name === name);

for (let seed = Number(first); seed < Number(end); seed += 1) {
  process.send({ seed, began: true });
  const place = join(folder, String(seed));
  await mkdir(place, { recursive: true });
  const path = join(place, `a.${reader.extension}`);
  await writeFile(path, mutate(reader, seed));
  let outcome = "read";
  try {
    await reader.open(path);
  } catch (error) {
    outcome = error instanceof IdganError && error.code !== "INTERNAL" ? "refused" : "fault";
    if (outcome === "fault") process.send({ seed, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
  await rm(place, { recursive: true });
  process.send({ seed, outcome, peakBytes: process.resourceUsage().maxRSS * 1024 });
}
process.disconnect();
