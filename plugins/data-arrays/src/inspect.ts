import { messageOf, type Inspection, type InspectionRequest } from "@idgan/core";
import type { Fault, ImageSource, Item, KnownFactors } from "./image-source.js";
import { indexByFactors } from "./known-factors.js";
import { filesOf, isReadable, openSource, type SourceOptions } from "./open-source.js";
import { preparePicture, sizeOf } from "./picture.js";

const defaults: SourceOptions = { array: null, column: null, layout: "auto", range: null, factors: null };

/** Looks through every image of a file or a folder of shards; `undefined` where neither is of a kind that is read here. */
export async function inspectArrays({ path, shown, side, progress }: InspectionRequest): Promise<Inspection | undefined> {
  if (!(await isReadable(path))) return undefined;
  const sources: ImageSource[] = [];
  try {
    for (const file of await filesOf(path)) sources.push(await openSource(file, defaults));
    const count = sources.reduce((sum, source) => sum + source.count, 0);
    const every = Math.max(1, Math.floor(count / shown));
    const sizes = new Map<string, { width: number; height: number; channels: number; count: number }>();
    const broken: string[] = [];
    const pictures: Uint8Array[] = [];
    let done = 0;
    for (const source of sources) {
      for await (const item of source.items()) {
        try {
          const size = await measured(item);
          const key = `${size.width}x${size.height}x${size.channels}`;
          const known = sizes.get(key) ?? { ...size, count: 0 };
          known.count += 1;
          sizes.set(key, known);
          const isShown = done % every === 0 && pictures.length < shown;
          // What is encoded is decoded whether it is shown or not: nothing else tells a truncated picture.
          if ("picture" in item && (isShown || item.picture.kind === "encoded")) {
            const picture = await preparePicture(item.picture, { size: side, channels: 3, fit: "contain" });
            if (isShown) pictures.push(picture);
          }
        } catch (error) {
          broken.push(`${item.name} of ${source.path}: ${messageOf(error)}`);
        }
        done += 1;
        progress(done, count);
      }
    }
    return {
      format: sources.map(({ format }) => format).join("; "),
      images: done - broken.length,
      sizes: [...sizes.values()].sort((a, b) => b.count - a.count),
      broken,
      notes: await notesOn(sources),
      pictures,
    };
  } finally {
    await Promise.all(sources.map((source) => source.close()));
  }
}

async function measured(item: Item): Promise<{ readonly width: number; readonly height: number; readonly channels: number }> {
  if ("fault" in item) throw new Error(item.fault);
  return item.picture.kind === "levels" ? { width: item.picture.width, height: item.picture.height, channels: item.picture.channels } : await sizeOf(item.picture.bytes);
}

async function notesOn(sources: readonly ImageSource[]): Promise<string[]> {
  const ranges = new Set(sources.flatMap(({ range }) => (range === undefined ? [] : [`${range.low} is black and ${range.high} is white`])));
  const factors = sources.length === 1 ? await sources[0]?.factors?.() : undefined;
  return [...(ranges.size > 0 ? [`${[...ranges].join(", or ")}, unless the data's option \`range\` says otherwise.`] : []), ...(factors === undefined ? [] : [noteOn(factors)])];
}

function noteOn(known: KnownFactors | Fault): string {
  if ("fault" in known) return known.fault;
  const factors = known.factors.map(({ name, size }) => `${name} ${size}`).join(", ");
  return indexByFactors(known) === undefined ? `It has factors (${factors}), but not every combination of their values once, so they cannot be used.` : `It has factors: ${factors}.`;
}
