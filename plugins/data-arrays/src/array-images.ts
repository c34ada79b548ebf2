import { dirname, resolve } from "node:path";
import { availableParallelism } from "node:os";
import { cacheFolder, frameFilePath, IdganError, mayPass, messageOf, openFrameFile, unitSpace, writeFrameFile, type DataContext, type Dataset, type Fit, type FrameFile, type PictureFrame, type PreparationProgress } from "@idgan/core";
import type { Fault, ImageSource, Item, KnownFactors } from "./image-source.js";
import { indexByFactors, placeOf } from "./known-factors.js";
import { filesOf, openSource, type SourceOptions } from "./open-source.js";
import { preparePicture } from "./picture.js";

export interface ArrayImagesOptions extends SourceOptions {
  readonly path: string;
  readonly channels: 1 | 3 | null;
  readonly fit: Fit;
  readonly broken: "skip" | "refuse";
  readonly cache: string | null;
}

/** Goes into every fingerprint: raise it when any pixel would change. */
const version = 3;
/** Broken images that are named; more are counted. */
const mostNamed = 50;
/** Characters of what a decoder says, which can go on for pages. */
const longestReason = 160;
/** Pictures decoded at a time. */
const width = 2 * availableParallelism();

/** What the prepared file says besides its frames. */
interface Extra {
  readonly notes: readonly string[];
  readonly factors?: { readonly factors: KnownFactors["factors"]; readonly values: readonly number[] };
}

/** Prepares every image once, so that what is broken is known before training, and reads them from the prepared file from then on. */
export async function openArrayImages(options: ArrayImagesOptions, context: DataContext): Promise<Dataset> {
  const sources: ImageSource[] = [];
  try {
    for (const file of await filesOf(resolve(context.folder, options.path))) sources.push(await openSource(file, options));
    const channels = options.channels ?? (sources.every((source) => source.channels === 1) ? 1 : 3);
    const preparation: PictureFrame = { size: context.size, channels, fit: options.fit };
    const fingerprint = `arrays/${version} ${JSON.stringify([preparation, options.broken, ...sources.map(({ path, fingerprint: own }) => [path, own])])}`;
    const path = frameFilePath(options.cache ?? cacheFolder(), fingerprint);
    const frames = (await openFrameFile(path, fingerprint)) ?? (await prepare({ path, fingerprint, sources, preparation, broken: options.broken, progress: context.progress }));
    return datasetOf(options.path, frames, preparation);
  } finally {
    await Promise.all(sources.map((source) => source.close()));
  }
}

interface Preparing {
  readonly path: string;
  readonly fingerprint: string;
  readonly sources: readonly ImageSource[];
  readonly preparation: PictureFrame;
  readonly broken: "skip" | "refuse";
  readonly progress: PreparationProgress | undefined;
}

async function prepare({ path, fingerprint, sources, preparation, broken, progress }: Preparing): Promise<FrameFile> {
  const frames = sources.reduce((sum, { count }) => sum + count, 0);
  const length = preparation.size ** 2 * preparation.channels;
  return await writeFrameFile(path, { fingerprint, length, frames, source: [...new Set(sources.map((each) => (sources.length === 1 ? each.path : dirname(each.path))))].join(", ") }, async ({ append }) => {
    const faults: string[] = [];
    let count = 0;
    // Read before the images: a wrong option `factors` is not to be found after all of them.
    const factors = sources.length === 1 ? await sources[0]?.factors?.() : undefined;
    for (const source of sources) {
      for await (const items of inGroups(source.items(), width)) {
        const prepared = await Promise.all(items.map(async (item) => await pixelsOf(item, source, preparation)));
        const whole = prepared.filter((each) => typeof each !== "string");
        for (const [i, fault] of prepared.entries()) {
          if (typeof fault !== "string") continue;
          const said = `The ${items[i]?.name} of ${source.path} cannot be used (${fault.slice(0, longestReason)})`;
          if (broken === "refuse") throw new IdganError("DATA_INVALID", `${said}. Mend or remove it, or set \`broken\` to "skip".`);
          faults.push(said);
        }
        await append(Buffer.concat(whole));
        count += whole.length;
        progress?.("images prepared", count + faults.length, frames);
      }
      await source.expectUnchanged();
    }
    if (count === 0) throw new IdganError("DATA_INVALID", `${faults.length === 1 ? "The only image" : `None of the ${faults.length} images`} in ${sources[0]?.path ?? ""} ${faults.length === 1 ? "cannot" : "can"} be used. ${faults[0] ?? "It is empty"}.`);
    return describe(factors, faults, count);
  });
}

async function pixelsOf(item: Item, { path }: ImageSource, preparation: PictureFrame): Promise<Uint8Array | string> {
  if ("fault" in item) return item.fault;
  return await preparePicture(item.picture, preparation).catch((error: unknown) => {
    // What is prepared is kept, so that nothing may be missing in it for want of memory.
    if (mayPass(error)) throw new IdganError("DATA_INVALID", `The ${item.name} of ${path} cannot be decoded now: ${messageOf(error)}. Free memory, then start again.`, error);
    return messageOf(error).split("\n").map((line) => line.trim()).filter((line) => line !== "").join(" ");
  });
}

async function* inGroups<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<readonly T[]> {
  let group: T[] = [];
  for await (const item of items) {
    group.push(item);
    if (group.length === size) {
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}

/** Notes on what was left out, and the factors where every combination is there once. */
function describe(factors: KnownFactors | Fault | undefined, faults: readonly string[], count: number): Extra {
  const known = factors === undefined || "fault" in factors ? undefined : factors;
  const isGrid = known !== undefined && faults.length === 0 && indexByFactors(known) !== undefined;
  return {
    notes: [
      ...(faults.length > 0 ? [`${faults.length} of ${faults.length + count} images cannot be used and ${faults.length === 1 ? "was" : "were"} skipped.`] : []),
      ...faults.slice(0, mostNamed).map((fault) => `${fault}.`),
      ...(faults.length > mostNamed ? [`And ${faults.length - mostNamed} more.`] : []),
      ...(factors !== undefined && "fault" in factors ? [factors.fault] : []),
      ...(known !== undefined && !isGrid ? ["The factors of the file are left out: not every combination of their values is there exactly once."] : []),
    ],
    ...(isGrid ? { factors: { factors: known.factors, values: [...known.values] } } : {}),
  };
}

function datasetOf(name: string, frames: FrameFile, { size, channels }: PictureFrame): Dataset {
  const { notes, factors } = frames.extra as Extra;
  return {
    name: `arrays of ${name}`,
    size: frames.count,
    image: unitSpace(size, channels),
    fingerprint: frames.fingerprint,
    notes,
    batch: async (indices, _, into) => await frames.readUnits(indices, into),
    ...(factors === undefined ? {} : factorsOf({ factors: factors.factors, values: Int32Array.from(factors.values) })),
    close: frames.close,
  };
}

function factorsOf(known: KnownFactors): Required<Pick<Dataset, "factors" | "factorValues" | "indicesOf">> {
  const { factors, values } = known;
  const columns = factors.length;
  const places = indexByFactors(known) ?? new Uint32Array();
  return {
    factors,
    factorValues(indices) {
      const chosen = new Int32Array(indices.length * columns);
      for (let i = 0; i < indices.length; i += 1) {
        const index = indices[i] as number;
        if (!(Number.isInteger(index) && index >= 0 && index < places.length)) throw new RangeError(`image ${index}: there are images 0 to ${places.length - 1}`);
        chosen.set(values.subarray(index * columns, (index + 1) * columns), i * columns);
      }
      return chosen;
    },
    indicesOf(wanted) {
      if (wanted.length % columns !== 0) throw new RangeError(`${wanted.length} factor values: each image has ${columns}`);
      return Uint32Array.from({ length: wanted.length / columns }, (_, i) => places[placeOf(factors, wanted, i * columns)] as number);
    },
  };
}
