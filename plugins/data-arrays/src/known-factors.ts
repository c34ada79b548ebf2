import { countOf, IdganError, type Factor, type NumberArray } from "@idgan/core";
import type { KnownFactors } from "./image-source.js";

/** Names of dSprites' six. */
const dsprites = ["color", "shape", "scale", "orientation", "posX", "posY"];
const mostNumbers = 2 ** 27;

/** Values of factors, `[count, factors]`, each a class from 0 up. Throws `DATA_INVALID` where they are none. */
export async function readKnownFactors(array: NumberArray, count: number, path: string): Promise<KnownFactors> {
  const { shape, rowMajor } = array.header;
  const [rows = 0, columns = 0] = shape;
  const invalid = (what: string) => new IdganError("DATA_INVALID", `The array ${array.name} in ${path} cannot give the factors: ${what}. Choose another with the data's option \`factors\`.`);
  if (shape.length !== 2 || rows !== count || columns < 1 || !rowMajor) throw invalid(`its shape is [${shape.join(", ")}], and it takes [${count}, factors]`);
  if (countOf(shape) > mostNumbers) throw invalid(`it has ${countOf(shape)} numbers`);
  const numbers = await array.numbers(mostNumbers);
  const values = Int32Array.from(numbers);
  if (numbers.some((value, i) => value !== values[i] || value < 0)) throw invalid("they are classes, whole numbers from 0 up, and some of its are not");
  const sizes = Array.from({ length: columns }, (_, column) => {
    let most = 0;
    for (let i = column; i < values.length; i += columns) most = Math.max(most, values[i] as number);
    return most + 1;
  });
  const names = columns === dsprites.length ? dsprites : sizes.map((_, column) => `factor${column + 1}`);
  return { factors: sizes.map((size, column) => ({ name: names[column] as string, size })), values };
}

/** Where each combination of values is found; `undefined` unless every one is there once. */
export function indexByFactors({ factors, values }: KnownFactors): Uint32Array | undefined {
  const count = values.length / factors.length;
  if (factors.reduce((product, { size }) => product * size, 1) !== count) return undefined;
  const places = new Uint32Array(count).fill(count);
  for (let index = 0; index < count; index += 1) {
    const place = placeOf(factors, values, index * factors.length);
    if (places[place] !== count) return undefined;
    places[place] = index;
  }
  return places;
}

/** The number of the combination at `offset`, the last factor fastest. Throws `RangeError` for a value that a factor lacks. */
export function placeOf(factors: readonly Factor[], values: ArrayLike<number>, offset: number): number {
  let place = 0;
  for (const [column, { name, size }] of factors.entries()) {
    const value = values[offset + column] ?? Number.NaN;
    if (!(Number.isInteger(value) && value >= 0 && value < size)) throw new RangeError(`${name} ${value}: its values are 0 to ${size - 1}`);
    place = place * size + value;
  }
  return place;
}
