// What a JPEG says before its pixels (ITU-T T.81, B.2), for the kind that cameras and data sets are full of. Anything else is no error here: it is somebody else's.

/** One of the planes of samples. */
export interface Component {
  /** Blocks across and down in each unit. */
  readonly across: number;
  readonly down: number;
  /** 64 quantisers, row by row. */
  readonly quantisers: Int16Array;
  readonly constants: HuffmanCode;
  readonly waves: HuffmanCode;
}

/** How many codes are how long, and what they mean. */
export interface HuffmanCode {
  readonly lengths: Uint8Array;
  readonly symbols: Uint8Array;
}

export interface PlainHeader {
  readonly width: number;
  readonly height: number;
  /** Luma alone, or with two of chroma. */
  readonly components: readonly Component[];
  /** Units between two restarts; 0 where there is none. */
  readonly interval: number;
  /** Where the entropy-coded data begin. */
  readonly scanAt: number;
}

const blockSize = 64;
/** Natural place, row by row, of each number of a quantiser table. */
const zigzag = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];
const marker = { frame: 0xc0, extendedFrame: 0xc1, codes: 0xc4, picture: 0xd8, scan: 0xda, quantisers: 0xdb, interval: 0xdd, app0: 0xe0, exif: 0xe1, profile: 0xe2, app15: 0xef, adobe: 0xee, comment: 0xfe };
/** libjpeg refuses more. */
const longestSide = 65_500;
/** The names of luma and chroma; others may be red, green and blue. */
const names = [1, 2, 3];

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly planes: readonly { readonly name: number; readonly across: number; readonly down: number; readonly table: number }[];
}

/** What the header of a plain JPEG says: baseline, 8 bits, grey or YCbCr in one scan, upright and without a colour profile; `undefined` for any other file. */
export function readPlainHeader(file: Uint8Array): PlainHeader | undefined {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const tables: Int16Array[] = [];
  const codes = { constants: [] as HuffmanCode[], waves: [] as HuffmanCode[] };
  let frame: Frame | undefined;
  let interval = 0;
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== (0xff00 | marker.picture)) return undefined;
  for (let at = 2; at + 4 <= bytes.length; ) {
    const kind = bytes[at + 1] as number;
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (bytes[at] !== 0xff || end < at + 4 || end > bytes.length) return undefined;
    const segment = bytes.subarray(at + 4, end);
    if (kind === marker.scan) return scanned(frame, segment, { tables, codes, interval, scanAt: end });
    if (kind === marker.frame || kind === marker.extendedFrame) {
      if (frame !== undefined) return undefined;
      frame = readFrame(segment);
      if (frame === undefined) return undefined;
    } else if (kind === marker.quantisers) {
      if (!readQuantisers(segment, tables)) return undefined;
    } else if (kind === marker.codes) {
      if (!readCodes(segment, codes)) return undefined;
    } else if (kind === marker.interval) {
      if (segment.length !== 2) return undefined;
      interval = segment.readUInt16BE(0);
    } else if (!isHarmless(kind, segment)) {
      return undefined;
    }
    at = end;
  }
  return undefined;
}

/** Whether a segment changes nothing of how the picture is to be seen. Exif may turn it, a profile recolours it, Adobe's says which colours there are. */
function isHarmless(kind: number, segment: Buffer): boolean {
  if (kind === marker.comment) return true;
  if (kind < marker.app0 || kind > marker.app15) return false;
  if (kind === marker.exif) return !segment.toString("latin1", 0, 4).startsWith("Exif");
  if (kind === marker.profile) return !segment.toString("latin1", 0, 11).startsWith("ICC_PROFILE");
  return kind !== marker.adobe;
}

function readFrame(segment: Buffer): Frame | undefined {
  const count = segment[5];
  if ((count !== 1 && count !== 3) || segment.length !== 6 + 3 * count || segment[0] !== 8) return undefined;
  const [height, width] = [segment.readUInt16BE(1), segment.readUInt16BE(3)];
  const planes = Array.from({ length: count }, (_, i) => {
    const [name, sampling, table] = segment.subarray(6 + 3 * i, 9 + 3 * i) as unknown as [number, number, number];
    return { name, across: sampling >> 4, down: sampling & 15, table };
  });
  const [first, ...chroma] = planes;
  if (first === undefined || Math.min(width, height) === 0 || Math.max(width, height) > longestSide) return undefined;
  if (Math.min(first.across, first.down) < 1 || Math.max(first.across, first.down) > 4) return undefined;
  // A single plane is in units of one block whatever it says.
  if (count === 1) return { width, height, planes: [{ ...first, across: 1, down: 1 }] };
  const { across, down } = first;
  const usual = (across === 1 && down === 1) || (across === 2 && (down === 1 || down === 2));
  const plain = usual && planes.every(({ name }, i) => name === names[i]) && chroma.every((plane) => plane.across === 1 && plane.down === 1);
  return plain ? { width, height, planes } : undefined;
}

function readQuantisers(segment: Buffer, tables: Int16Array[]): boolean {
  for (let at = 0; at < segment.length; at += 1 + blockSize) {
    const place = segment[at] as number;
    if (place > 3 || at + 1 + blockSize > segment.length) return false;
    const table = new Int16Array(blockSize);
    for (const [i, natural] of zigzag.entries()) table[natural] = segment[at + 1 + i] as number;
    tables[place] = table;
  }
  return true;
}

function readCodes(segment: Buffer, codes: { readonly constants: HuffmanCode[]; readonly waves: HuffmanCode[] }): boolean {
  for (let at = 0; at < segment.length; ) {
    const place = segment[at] as number;
    const lengths = segment.subarray(at + 1, at + 17);
    const count = lengths.reduce((sum, many) => sum + many, 0);
    const end = at + 17 + count;
    if ((place & 0xef) > 3 || lengths.length < 16 || count > 256 || end > segment.length) return false;
    (place < 16 ? codes.constants : codes.waves)[place & 15] = { lengths, symbols: segment.subarray(at + 17, end) };
    at = end;
  }
  return true;
}

interface Told {
  readonly tables: readonly Int16Array[];
  readonly codes: { readonly constants: readonly HuffmanCode[]; readonly waves: readonly HuffmanCode[] };
  readonly interval: number;
  readonly scanAt: number;
}

/** The header, where the scan holds all planes in their order and all coefficients, and every table that it names was there. */
function scanned(frame: Frame | undefined, segment: Buffer, { tables, codes, interval, scanAt }: Told): PlainHeader | undefined {
  const count = frame?.planes.length;
  if (frame === undefined || count === undefined || segment[0] !== count || segment.length !== 4 + 2 * count || segment.readUIntBE(1 + 2 * count, 3) !== 0x00_3f_00) return undefined;
  const components: Component[] = [];
  for (const [i, { name, across, down, table }] of frame.planes.entries()) {
    const [quantisers, choice] = [tables[table], segment[2 + 2 * i] as number];
    const [constants, waves] = [codes.constants[choice >> 4], codes.waves[choice & 15]];
    if (segment[1 + 2 * i] !== name || quantisers === undefined || constants === undefined || waves === undefined) return undefined;
    components.push({ across, down, quantisers, constants, waves });
  }
  return { width: frame.width, height: frame.height, components, interval, scanAt };
}
