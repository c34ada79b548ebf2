// Good files for the fuzz script to damage, small enough that a damage is likely to matter.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { createStream } from "@idgan/core";
import { packTar } from "../../plugins/data-images/dist/tar.test.builder.js";
import { packZip } from "../../plugins/data-images/dist/zip.test.builder.js";
import { example, npy, tfrecord, zip } from "../../plugins/data-arrays/dist/arrays.test.builder.js";

const sharp = createRequire(new URL("../../plugins/data-images/package.json", import.meta.url))("sharp");
const fixture = (name) => readFile(new URL(`../fixtures/${name}`, import.meta.url));

const noise = (name, count) => Uint8Array.from(createStream(1, `fuzz/samples/${name}`).integers(0, count, 256));
const picture = (width, height, channels) => sharp(noise(`${width}x${height}x${channels}`, width * height * channels), { raw: { width, height, channels } });
const moving = [await picture(8, 8, 3).png().toBuffer(), await picture(8, 8, 3).png().toBuffer()];

/** Encoded pictures by extension: kinds of pixels, metadata and structure that decoders have branches for. */
export const pictures = {
  png: [
    await picture(24, 16, 3).png().toBuffer(),
    await picture(16, 24, 4).png({ palette: true }).toBuffer(),
    await picture(9, 9, 3).toColourspace("rgb16").png({ progressive: true }).toBuffer(),
    await picture(16, 16, 1).toColourspace("b-w").png({ adaptiveFiltering: true }).toBuffer(),
  ],
  jpg: [
    await picture(24, 16, 3).jpeg().toBuffer(),
    await picture(16, 24, 3).jpeg({ progressive: true }).toBuffer(),
    await picture(16, 16, 3).toColourspace("cmyk").jpeg().toBuffer(),
    await picture(24, 16, 3).withMetadata({ orientation: 6 }).jpeg({ quality: 40 }).toBuffer(),
    await picture(33, 18, 3).jpeg({ chromaSubsampling: "4:4:4", optimiseCoding: true }).toBuffer(),
    await picture(40, 24, 1).toColourspace("b-w").jpeg().toBuffer(),
  ],
  webp: [
    await picture(24, 16, 3).webp().toBuffer(),
    await picture(16, 24, 4).webp({ lossless: true }).toBuffer(),
    await sharp(moving, { join: { animated: true } }).webp().toBuffer(),
  ],
};

const [png, jpg] = [pictures.png[0], pictures.jpg[0]];
const long = `${"folder/".repeat(20)}a.png`;
export const archives = {
  zip: [
    packZip([{ name: "a.png", data: png }, { name: "b/c.jpg", data: jpg, method: 0 }]),
    packZip([{ name: "a.png", data: png }], { zip64: true, comment: "x" }),
  ],
  tar: [packTar([{ name: "a.png", data: png }, { name: "a.cls", data: Buffer.from("1") }, { name: long, data: jpg }]), packTar([{ name: long, data: png }, { name: "b.jpg", data: jpg }], { long: "gnu" })],
};

const idx = Buffer.concat([Buffer.from([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 8, 0, 0, 0, 8]), noise("idx", 192)]);
const levels = npy("|u1", [3, 8, 8, 1], noise("npy", 192));
const floats = npy("<f4", [2, 3, 8, 8], Buffer.from(new Float32Array(noise("floats", 384)).buffer));
export const arrays = {
  npy: [levels, floats],
  npz: [zip({ "imgs.npy": levels }), packZip([{ name: "imgs.npy", data: levels }, { name: "other.npy", data: floats }]), await fixture("small_dsprites.npz")],
  idx: [idx],
  "idx.gz": [gzipSync(idx)],
  tfrecord: [tfrecord([example({ "image/encoded": png, label: [3] }), example({ "image/encoded": jpg })]), tfrecord([example({ shape: [3, 4, 4], data: Buffer.from(noise("tfrecord", 48)) })])],
  parquet: await Promise.all(["none", "snappy", "gzip", "zstd", "brotli", "flat", "lengths", "strings", "pages"].map((packing) => fixture(`parquet_images_${packing}.parquet`))),
};
