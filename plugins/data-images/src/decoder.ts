import { mayPass, messageOf } from "@idgan/core/data";
import type { Fault } from "./fault-list.js";
import { inParallel } from "./in-parallel.js";
import { readPicture, type Preparation } from "./picture.js";
import type { PicturePlace } from "./picture-place.js";
import { PlaceReader } from "./place-reader.js";

/** Pictures one after the other, `[n, size, size, channels]`, zeros where there is a fault; why each cannot be used, or `null`. */
export interface Decoded {
  readonly pixels: Uint8Array;
  readonly faults: readonly (Fault | null)[];
}

/** Characters of what libvips says, which can go on for pages. */
const longestReason = 160;

/** Pictures that are worked at at a time: while libvips decodes one in a thread of its own, another is brought to its size in this one. */
const atOnce = 2;

/** Reads and decodes pictures; the memory of two is all that it takes. One belongs to each worker thread. */
export class Decoder {
  readonly #preparation: Preparation;
  readonly #reader = new PlaceReader();

  constructor(preparation: Preparation) {
    this.#preparation = preparation;
  }

  async decode(places: readonly PicturePlace[]): Promise<Decoded> {
    const length = this.#preparation.size ** 2 * this.#preparation.channels;
    const pixels = new Uint8Array(places.length * length);
    const faults = await inParallel(places.length, atOnce, async (i): Promise<Fault | null> => {
      const place = places[i] as PicturePlace;
      try {
        if (place.fault !== undefined) throw new Error(place.fault);
        pixels.set(await readPicture(await this.#reader.read(place), this.#preparation, place.box), i * length);
        return null;
      } catch (error) {
        const reason = messageOf(error).split("\n").map((line) => line.trim()).filter((line) => line !== "").join(" ");
        return { what: `The picture ${place.name} cannot be used (${reason.slice(0, longestReason)})`, passes: mayPass(error) };
      }
    });
    return { pixels, faults };
  }

  async close(): Promise<void> {
    await this.#reader.close();
  }
}
