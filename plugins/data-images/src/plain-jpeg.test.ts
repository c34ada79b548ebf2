import test from "ava";
import sharp, { type Sharp } from "sharp";
import { createStream } from "@idgan/core";
import { decodePlainJpeg } from "@idgan/core/data";
import { readPicture } from "./picture.js";

const most = 1_000_000;

function noise(width: number, height: number, channels: 1 | 3 | 4): Sharp {
  return sharp(Uint8Array.from(createStream(width, "test/plain-jpeg").integers(height, width * height * channels, 256)), { raw: { width, height, channels } });
}

/** What libvips makes of it, or nothing. */
async function libvips(file: Buffer): Promise<Uint8Array | undefined> {
  return await sharp(file, { failOn: "error" }).autoOrient().flatten({ background: "#ffffff" }).toColourspace("srgb").raw().toBuffer().catch(() => undefined);
}

test("a plain JPEG comes out as libvips has it", async (t) => {
  for (const [width, height] of [[16, 16], [19, 40], [130, 57], [64, 1]] as const) {
    for (const file of [noise(width, height, 3).jpeg({ quality: 50 }), noise(width, height, 3).jpeg({ chromaSubsampling: "4:4:4", optimiseCoding: true }), noise(width, height, 1).toColourspace("b-w").jpeg()]) {
      const bytes = await file.toBuffer();
      const theirs = new Uint8Array((await libvips(bytes)) as Uint8Array);
      t.deepEqual(decodePlainJpeg(bytes, most)?.data, theirs, `${width}x${height}`);
    }
  }
});

test("what is not plain is left to libvips: progressive, turned by Exif, with a profile, CMYK, narrow, no JPEG", async (t) => {
  const picture = (): Sharp => noise(32, 24, 3);
  const others = [
    picture().jpeg({ progressive: true }),
    picture().withMetadata({ orientation: 6 }).jpeg(),
    picture().withIccProfile("p3").jpeg(),
    noise(32, 24, 4).jpeg().toColourspace("cmyk"),
    noise(15, 24, 3).jpeg(),
    picture().png(),
  ];
  for (const [i, other] of others.entries()) {
    const file = await other.toBuffer();
    t.is(decodePlainJpeg(file, most), undefined, `picture ${i}`);
    t.is((await readPicture(file, { size: 8, channels: 3, fit: "fill", crop: null, leastSide: 0 })).length, 192);
  }
});

/** `file` with a segment after its first marker. */
function withSegment(file: Buffer, kind: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, kind, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([file.subarray(0, 2), head, content, file.subarray(2)]);
}

test("Exif alone turns a picture, and Adobe's marker alone makes its planes red, green and blue: both are left to libvips", async (t) => {
  const file = await noise(32, 24, 3).jpeg({ chromaSubsampling: "4:4:4" }).toBuffer();
  // After "Exif", TIFF in big-endian order with one entry: orientation (0x0112), a short, 6.
  const exif = Buffer.from("4578696600004d4d002a00000008000101120003000000010006000000000000", "hex");
  const adobe = Buffer.from("Adobe\0\x64\0\0\0\0\0", "latin1");
  const plain = await readPicture(file, { size: 24, channels: 3, fit: "fill", crop: null, leastSide: 0 });
  for (const other of [withSegment(file, 0xe1, exif), withSegment(file, 0xee, adobe)]) {
    t.is(decodePlainJpeg(other, most), undefined);
    t.notDeepEqual(await readPicture(other, { size: 24, channels: 3, fit: "fill", crop: null, leastSide: 0 }), plain);
  }
  t.is((await sharp(withSegment(file, 0xe1, exif)).metadata()).orientation, 6);
});

test("a JPEG with a side that libjpeg refuses is left to libvips, which refuses it", async (t) => {
  for (const [half, isRead] of [[32_744, true], [32_752, false]] as const) {
    const file = await noise(half, 16, 1).toColourspace("b-w").jpeg().toBuffer();
    // Two rows of blocks are as many blocks in one row.
    const sides = file.indexOf(Buffer.from([0, 16, half >> 8, half & 255]));
    file.writeUInt16BE(8, sides);
    file.writeUInt16BE(2 * half, sides + 2);
    t.is(decodePlainJpeg(file, most)?.width, isRead ? 2 * half : undefined);
    t.is((await libvips(file))?.length, isRead ? 16 * half * 3 : undefined);
  }
});

test("of a damaged file comes what libvips makes of it, or nothing", async (t) => {
  const files = await Promise.all([noise(33, 30, 3).jpeg(), noise(24, 17, 3).jpeg({ chromaSubsampling: "4:4:4", optimiseCoding: true }), noise(40, 20, 1).toColourspace("b-w").jpeg()].map((file) => file.toBuffer()));
  let decoded = 0;
  for (let i = 0; i < 300; i += 1) {
    const file = Buffer.from(files[i % files.length] as Buffer);
    const [at, value] = createStream(i, "test/plain-jpeg/damage").integers(0, 2, 2 ** 30) as unknown as [number, number];
    file[at % file.length] = value & 255;
    const pixels = decodePlainJpeg(file, most)?.data.slice();
    if (pixels === undefined) continue;
    decoded += 1;
    t.deepEqual(pixels, new Uint8Array((await libvips(file)) ?? []), `file ${i}`);
  }
  t.true(decoded > 50, `${decoded}`);
});
