import { IdganError, openFrameFile, writeFrameFile, type FrameFile, type PreparationProgress } from "@idgan/core";
import type { DecoderPool } from "./decoder-pool.js";
import type { Decoded } from "./decoder.js";
import { FaultList, type Faults } from "./fault-list.js";
import type { PicturePlace } from "./picture-place.js";

export interface Checking {
  readonly places: readonly PicturePlace[];
  readonly broken: "skip" | "refuse";
  readonly progress: PreparationProgress | undefined;
}

export interface Preparing extends Checking {
  readonly path: string;
  readonly fingerprint: string;
  /** The folder or archive. */
  readonly source: string;
}

/** What the prepared file says besides its frames; while it is made, of those that are in it. */
export interface Prepared {
  /** Pictures that were looked at. */
  readonly seen: number;
  readonly faults: Faults;
}

/** Pixels that are decoded before they are written: two groups of this size are all that is in memory, however many pictures there are. */
const groupBytes = 2 ** 24;
const mostOfGroup = 256;
/** How often what is there is made to survive an interruption, in milliseconds. */
const keepEvery = 5_000;

/** The prepared file, made where there is none, and anew where pictures that the system did not give then can be used by now. */
export async function openPrepared(preparing: Preparing, pool: DecoderPool): Promise<FrameFile> {
  const found = await openFrameFile(preparing.path, preparing.fingerprint);
  if (found === undefined) return await preparePictures(preparing, pool);
  try {
    if (!(await isMended(found.extra as Prepared, preparing.places, pool))) return found;
  } catch (error) {
    await found.close();
    throw error;
  }
  await found.close();
  return await preparePictures(preparing, pool);
}

async function isMended({ faults: { passing } }: Prepared, places: readonly PicturePlace[], pool: DecoderPool): Promise<boolean> {
  for await (const { faults } of inGroups(passing.map((place) => places[place] as PicturePlace), pool)) if (faults.includes(null)) return true;
  return false;
}

/** Decodes every picture once, in parallel, into the prepared file; goes on where an earlier attempt was interrupted. */
async function preparePictures({ path, fingerprint, source, places, broken, progress }: Preparing, pool: DecoderPool): Promise<FrameFile> {
  const { length } = pool;
  return await writeFrameFile(path, { fingerprint, length, frames: places.length, source }, async ({ append, keep, kept, restart }) => {
    let before = kept as Prepared | undefined;
    if (before !== undefined && (await isMended(before, places, pool))) {
      await restart();
      before = undefined;
    }
    const faults = new FaultList(broken, before?.faults);
    let seen = before?.seen ?? 0;
    let keptAt = performance.now();
    for await (const { pixels, faults: found } of inGroups(places.slice(seen), pool)) {
      const isGood = faults.add(seen, found);
      await append(isGood.every(Boolean) ? pixels : withoutFaults(pixels, isGood, length));
      seen += found.length;
      progress?.("pictures prepared", seen, places.length);
      if (performance.now() - keptAt > keepEvery) {
        await keep({ seen, faults: faults.all() } satisfies Prepared);
        keptAt = performance.now();
      }
    }
    if (faults.count === places.length) throw faults.allBroken();
    return { seen, faults: faults.all() } satisfies Prepared;
  });
}

/** Decodes every picture once without keeping it, to know what is broken. */
export async function checkPictures({ places, broken, progress }: Checking, pool: DecoderPool): Promise<Faults> {
  const faults = new FaultList(broken);
  let seen = 0;
  for await (const { faults: found } of inGroups(places, pool)) {
    faults.add(seen, found);
    seen += found.length;
    progress?.("pictures checked", seen, places.length);
  }
  if (faults.count === places.length) throw faults.allBroken();
  return faults.all();
}

/** Decoded pictures in order; while one group is handed out, the next is being decoded. */
async function* inGroups(places: readonly PicturePlace[], pool: DecoderPool): AsyncGenerator<Decoded> {
  const size = Math.max(1, Math.min(mostOfGroup, Math.floor(groupBytes / pool.length)));
  const start = (from: number) => {
    const decoding = from < places.length ? pool.decode(places.slice(from, from + size)) : undefined;
    // A failure is told when its turn comes.
    decoding?.catch(() => undefined);
    return decoding;
  };
  let next = start(0);
  for (let from = 0; next !== undefined; from += size) {
    const present = next;
    next = start(from + size);
    yield await present;
  }
}

function withoutFaults(pixels: Uint8Array, isGood: readonly boolean[], length: number): Uint8Array {
  const parts = isGood.flatMap((good, i) => (good ? [pixels.subarray(i * length, (i + 1) * length)] : []));
  return Buffer.concat(parts);
}

/** Throws where the prepared file left pictures out that are to be refused. */
export function expectNone({ named, places }: Faults, broken: "skip" | "refuse"): void {
  if (broken === "refuse" && places.length > 0) throw new IdganError("DATA_INVALID", `${named[0]}. Mend or remove it, or set \`broken\` to "skip".`);
}
