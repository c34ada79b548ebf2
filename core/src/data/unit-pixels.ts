import { startProgram } from "./program.js";
import { unitsProgram } from "./units-program.js";

/** Levels that are turned at once, so that they and their numbers stay in the processor's nearest memory. */
const atOnce = 4096;
const numbersAt = atOnce;

interface Program {
  readonly memory: { readonly buffer: ArrayBuffer };
  toUnits(source: number, target: number, count: number): void;
}

/** Of this thread. */
let loaded: { readonly toUnits: Program["toUnits"]; readonly levels: Uint8Array; readonly numbers: Float32Array } | undefined;

function program(): NonNullable<typeof loaded> {
  if (loaded === undefined) {
    const { memory, toUnits } = startProgram<Program>(unitsProgram);
    loaded = { toUnits, levels: new Uint8Array(memory.buffer, 0, atOnce), numbers: new Float32Array(memory.buffer, numbersAt, atOnce) };
  }
  return loaded;
}

/** Puts levels 0 … 255 into `target`, from `at` on, as numbers in [0, 1]: quotients by 255, rounded once. */
export function putUnits(source: Uint8Array, target: Float32Array, at: number): void {
  const { toUnits, levels, numbers } = program();
  for (let done = 0; done < source.length; done += atOnce) {
    const count = Math.min(atOnce, source.length - done);
    levels.set(source.subarray(done, done + count));
    toUnits(0, numbersAt, count);
    target.set(count === atOnce ? numbers : numbers.subarray(0, count), at + done);
  }
}

/** `into` where it is an array of `length` numbers, else a new one. */
export function roomFor(length: number, into: Float32Array | undefined): Float32Array {
  return into?.length === length ? into : new Float32Array(length);
}
