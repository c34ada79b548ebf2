// JPEGs as data sets hold them, decoded in WebAssembly: libvips hands each picture between its threads, which takes longer than the decoding.
// The arithmetic is libjpeg's to the last bit. Whatever is unusual or damaged is left to libvips, so that its word is the last on every such file.
import type { Pixels } from "../lanczos.js";
import { memoryOf, startProgram, type ProgramMemory } from "../program.js";
import { readPlainHeader, type Component, type HuffmanCode, type PlainHeader } from "./plain-header.js";
import { jpegProgram } from "./program.js";

const channels = 3;
const block = 8;
/** What may be read or written past the end of anything; one unit of damaged data is shorter. */
const slack = 8192;
/** Below this many pixels across, libjpeg interpolates chroma otherwise. */
const leastWidth = 16;
const wordsOfComponent = 9;
const tableBytes = 8192;
/** The first page holds the program's own and what has a fixed place. */
const freeAt = 2 ** 16;
/** Where a symbol of either kind has the size of a value, and how large that is at most, in pictures of 8 bits. */
const sizes = { constants: { mask: 255, most: 11 }, waves: { mask: 15, most: 10 } };

interface Program {
  readonly memory: ProgramMemory;
  collect(source: number, end: number, target: number, parts: number, most: number): number;
  buildTable(lengths: number, symbols: number, target: number, mask: number, mostSize: number): number;
  decodeScan(count: number, components: number, across: number, down: number, interval: number, parts: number): number;
  toColour(width: number, height: number, luma: number, stride: number, blue: number, red: number, chromaStride: number, columns: number, rows: number, across: number, down: number, room: number, target: number): void;
  toGrey(width: number, height: number, luma: number, stride: number, target: number): void;
}

/** Of this thread; its memory is as large as the largest picture asked for. */
let loaded: Program | undefined;

function program(): Program {
  loaded ??= startProgram<Program>(jpegProgram);
  return loaded;
}

/**
 * The picture in `file`, equal to libjpeg's; `undefined` where it has more than `mostPixels` pixels, or is not plain and whole.
 * The pixels lie in the program's memory until this thread decodes the next: copying them out took a quarter of the time.
 */
export function decodePlainJpeg(file: Uint8Array, mostPixels: number): Pixels | undefined {
  const header = readPlainHeader(file);
  if (header === undefined || header.width < leastWidth || header.width * header.height > mostPixels) return undefined;
  const data = decoded(file, header);
  return data === undefined ? undefined : { data, width: header.width, height: header.height };
}

/** A plane of samples in the program's memory: whole blocks, of which some lie beyond the picture. */
interface Plane {
  readonly at: number;
  readonly stride: number;
}

function decoded(file: Uint8Array, { width, height, components, interval, scanAt }: PlainHeader): Uint8Array | undefined {
  const { memory, collect, buildTable, decodeScan, toColour, toGrey } = program();
  const [luma, ...chroma] = components as readonly [Component, ...Component[]];
  const [across, down] = [Math.ceil(width / (block * luma.across)), Math.ceil(height / (block * luma.down))];
  const parts = interval === 0 ? 1 : Math.ceil((across * down) / interval);
  const [wordsAt, quantisersAt, codeAt, tablesAt] = [4096, 4096 + 256, 4096 + 1024, 8192];
  let next = freeAt;
  const placed = (bytes: number): number => {
    const at = next;
    next += 16 * Math.ceil((bytes + slack) / 16);
    return at;
  };
  const length = file.length - scanAt;
  const [sourceAt, partsAt, collectedAt, roomAt, targetAt] = [length, 8 * parts, length, 4 * width, width * height * channels].map(placed) as [number, number, number, number, number];
  const planes = components.map((component): Plane => {
    const stride = across * component.across * block;
    return { at: placed(stride * down * component.down * block), stride };
  });
  const bytes = memoryOf(memory, next);

  const tableOf = ({ lengths, symbols }: HuffmanCode, place: number, { mask, most }: { readonly mask: number; readonly most: number }): number | undefined => {
    bytes.set(lengths, codeAt);
    bytes.set(symbols, codeAt + lengths.length);
    const at = tablesAt + place * tableBytes;
    return buildTable(codeAt, codeAt + lengths.length, at, mask, most) === 0 ? undefined : at;
  };
  const words = new Int32Array(memory.buffer, wordsAt, wordsOfComponent * components.length);
  for (const [i, { across: wide, down: high, quantisers, constants, waves }] of components.entries()) {
    const [constantsAt, wavesAt] = [tableOf(constants, 2 * i, sizes.constants), tableOf(waves, 2 * i + 1, sizes.waves)];
    if (constantsAt === undefined || wavesAt === undefined) return undefined;
    const at = quantisersAt + i * quantisers.byteLength;
    new Int16Array(memory.buffer, at, quantisers.length).set(quantisers);
    const { at: planeAt, stride } = planes[i] as Plane;
    words.set([wide, high, at, constantsAt, wavesAt, planeAt, stride, 0, Math.max(...quantisers)], i * wordsOfComponent);
  }
  bytes.set(file.subarray(scanAt), sourceAt);
  if (collect(sourceAt, sourceAt + length, collectedAt, partsAt, parts) !== parts) return undefined;
  if (decodeScan(components.length, wordsAt, across, down, interval, partsAt) === 0) return undefined;
  const [grey, blue, red] = planes as [Plane, Plane?, Plane?];
  if (blue === undefined || red === undefined || chroma.length === 0) {
    toGrey(width, height, grey.at, grey.stride, targetAt);
  } else {
    toColour(width, height, grey.at, grey.stride, blue.at, red.at, blue.stride, Math.ceil(width / luma.across), Math.ceil(height / luma.down), luma.across, luma.down, roomAt, targetAt);
  }
  return bytes.subarray(targetAt, targetAt + width * height * channels);
}
