import { createHash } from "node:crypto";
import { IdganError } from "@idgan/core";

/** Why a picture cannot be used. */
export interface Fault {
  /** Which picture and what is wrong, without a full stop. */
  readonly what: string;
  /** Whether it is the system's and not the picture's, so that another try may find nothing wrong. */
  readonly passes: boolean;
}

/** Pictures that cannot be used. */
export interface Faults {
  /** Their places in the list of all. */
  readonly places: readonly number[];
  /** Those of them that another try may find nothing wrong with. */
  readonly passing: readonly number[];
  /** What is wrong with the first of them, without a full stop. */
  readonly named: readonly string[];
}

/** More are counted. */
const mostNamed = 50;

/** Gathers what cannot be used, or refuses the first of it. */
export class FaultList {
  readonly #broken: "skip" | "refuse";
  readonly #places: number[];
  readonly #passing: number[];
  readonly #named: string[];

  constructor(broken: "skip" | "refuse", before: Faults = { places: [], passing: [], named: [] }) {
    this.#broken = broken;
    this.#places = [...before.places];
    this.#passing = [...before.passing];
    this.#named = [...before.named];
  }

  get count(): number {
    return this.#places.length;
  }

  /** Takes what was found of the pictures from `first` on, and says which of them are good. */
  add(first: number, found: readonly (Fault | null)[]): readonly boolean[] {
    return found.map((fault, i) => {
      if (fault === null) return true;
      if (this.#broken === "refuse") throw new IdganError("DATA_INVALID", `${fault.what}. Mend or remove it, or set \`broken\` to "skip".`);
      this.#places.push(first + i);
      if (fault.passes) this.#passing.push(first + i);
      if (this.#named.length < mostNamed) this.#named.push(fault.what);
      return false;
    });
  }

  all(): Faults {
    return { places: this.#places, passing: this.#passing, named: this.#named };
  }

  allBroken(): IdganError {
    return new IdganError("DATA_INVALID", `${this.#places.length === 1 ? "The only picture cannot" : `None of the ${this.#places.length} pictures can`} be used. ${this.#named[0]}. Set \`folder\` to where good ones are.`);
  }
}

/** Of a data set without its faults: once the system gives what it did not, every picture after that has another index, and it is another data set. */
export function fingerprintWithout(fingerprint: string, { passing }: Faults): string {
  return passing.length === 0 ? fingerprint : `${fingerprint} without ${createHash("sha256").update(passing.join()).digest("hex")}`;
}

/** Sentences for the data set's notes. */
export function faultNotes({ places, passing, named }: Faults, count: number): readonly string[] {
  return [
    ...(places.length > 0 ? [`${places.length} of ${count} pictures cannot be used and ${places.length === 1 ? "was" : "were"} skipped.`] : []),
    ...named.map((fault) => `${fault}.`),
    ...(places.length > named.length ? [`And ${places.length - named.length} more.`] : []),
    ...(passing.length > 0 ? [`The reason of ${passing.length} is the system's, and may pass: ${passing.length === 1 ? "it is" : "they are"} tried again at the next start.`] : []),
  ];
}
