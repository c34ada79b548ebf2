import type { Dataset } from "@idgan/core";
import type { PicturePlace } from "./picture-place.js";

type Factors = Required<Pick<Dataset, "factors" | "factorValues" | "indicesOf">>;

/** A sentence on the classes, and the factors, where they can be some. */
export interface Classes {
  readonly note: string;
  readonly factors?: Factors;
}

/**
 * The class folder of each picture as a factor, and which picture of its class it is as another. Metrics ask for the image of any combination, so
 * every class needs the same number of pictures.
 */
export function classesOf(places: readonly PicturePlace[]): Classes {
  const groups = new Map<string, { readonly number: number; readonly members: number[] }>();
  const values = new Int32Array(places.length * 2);
  for (const [index, place] of places.entries()) {
    const name = folderOf(place);
    if (name === undefined) return { note: `There are no classes: ${place.name} lies in no class folder.` };
    const { number, members } = groups.get(name) ?? { number: groups.size, members: [] };
    groups.set(name, { number, members });
    values.set([number, members.length], index * 2);
    members.push(index);
  }
  const sizes = [...groups.values()].map(({ members }) => members.length);
  const [each = 0] = sizes;
  if (sizes.some((size) => size !== each)) {
    return { note: `The ${groups.size} classes are no factor: they have from ${Math.min(...sizes)} to ${Math.max(...sizes)} pictures, and metrics ask for the same number of each.` };
  }
  const indices = Uint32Array.from([...groups.values()].flatMap(({ members }) => members));
  return { note: `Classes, from 0 on: ${[...groups.keys()].join(", ")}.`, factors: factorsOf(groups.size, each, values, indices) };
}

function factorsOf(classes: number, each: number, values: Int32Array, indices: Uint32Array): Factors {
  return {
    factors: [{ name: "class", size: classes }, { name: "picture of the class", size: each }],
    factorValues(asked) {
      const chosen = new Int32Array(asked.length * 2);
      for (let i = 0; i < asked.length; i += 1) {
        const index = asked[i] as number;
        if (!(Number.isInteger(index) && index >= 0 && index < indices.length)) throw new RangeError(`image ${index}: there are images 0 to ${indices.length - 1}`);
        chosen.set(values.subarray(2 * index, 2 * index + 2), 2 * i);
      }
      return chosen;
    },
    indicesOf(wanted) {
      if (wanted.length % 2 !== 0) throw new RangeError(`${wanted.length} factor values: each image has 2`);
      return Uint32Array.from({ length: wanted.length / 2 }, (_, i) => {
        const [group, place] = [wanted[2 * i] as number, wanted[2 * i + 1] as number];
        if (!(group >= 0 && group < classes && place >= 0 && place < each)) throw new RangeError(`picture ${place} of class ${group}: there are ${classes} classes of ${each}`);
        return indices[group * each + place] as number;
      });
    },
  };
}

/** The outermost folder, of an archive's entry inside of the archive. */
function folderOf({ name, entry }: PicturePlace): string | undefined {
  const parts = (entry?.name ?? name).split("/");
  return parts.length > 1 ? parts[0] : undefined;
}
