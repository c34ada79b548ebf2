// Milliseconds that decoders of JPEG take a picture, on one thread, and how far their pixels are from Pillow's:
// taskset -c 1 node test/bench/jpegs.mjs --folder FOLDER [--count 200] [--rounds 5] [--python python3] [--beside FOLDER]
// FOLDER holds JPEGs, such as those that pictures.mjs makes. `--beside` is where other packages were installed for the comparison (npm install --ignore-scripts
// @cornerstonejs/codec-libjpeg-turbo-8bit @jsquash/jpeg @cwasm/jpeg-turbo @napi-rs/canvas @napi-rs/image); they are no dependencies. Medians of the rounds.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { decodePlainJpeg } from "@idgan/core/data";

const { values } = parseArgs({
  options: { folder: { type: "string" }, count: { type: "string", default: "200" }, rounds: { type: "string", default: "5" }, python: { type: "string", default: "python3" }, beside: { type: "string" } },
});
if (values.folder === undefined) throw new Error("name a folder of JPEGs: --folder FOLDER");
const rounds = Number(values.rounds);
const names = readdirSync(values.folder).filter((name) => name.endsWith(".jpg")).sort().slice(0, Number(values.count));
const files = names.map((name) => readFileSync(join(values.folder, name)));
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

const pillow = `
import io, sys, time
from PIL import Image
files = [open(path, "rb").read() for path in sys.argv[2:]]
for _ in range(int(sys.argv[1])):
    begun = time.perf_counter()
    for file in files: Image.open(io.BytesIO(file)).convert("RGB")
    print(1000 * (time.perf_counter() - begun) / len(files), file=sys.stderr)
for file in files: sys.stdout.buffer.write(Image.open(io.BytesIO(file)).convert("RGB").tobytes())
`;

/** What decodes a file, by name, once it is loaded. */
const decoders = {
  "ours (WebAssembly)": () => (file) => ({ data: decodePlainJpeg(file, 1e8).data, channels: 3 }),
  "sharp (libvips)": () => {
    const sharp = createRequire(new URL("../../plugins/data-images/package.json", import.meta.url))("sharp");
    sharp.concurrency(1);
    sharp.cache(false);
    return async (file) => ({ data: await sharp(file, { sequentialRead: true }).autoOrient().flatten({ background: "#ffffff" }).toColourspace("srgb").raw().toBuffer(), channels: 3 });
  },
};
if (values.beside !== undefined) {
  const from = createRequire(join(resolve(values.beside), "package.json"));
  Object.assign(decoders, {
    async "@cornerstonejs/codec-libjpeg-turbo-8bit"() {
      const { JPEGDecoder } = await from("@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs")();
      const decoder = new JPEGDecoder();
      return (file) => {
        decoder.getEncodedBuffer(file.length).set(file);
        decoder.decode();
        return { data: decoder.getDecodedBuffer(), channels: 3 };
      };
    },
    async "@jsquash/jpeg"() {
      const folder = from.resolve("@jsquash/jpeg/package.json").slice(0, -"package.json".length);
      const { default: decode, init } = await import(join(folder, "decode.js"));
      globalThis.ImageData ??= function ImageData(data) { this.data = data; };
      await init(new WebAssembly.Module(readFileSync(join(folder, "codec/dec/mozjpeg_dec.wasm"))));
      return async (file) => ({ data: (await decode(file.buffer.slice(file.byteOffset, file.byteOffset + file.length))).data, channels: 4 });
    },
    "@cwasm/jpeg-turbo": () => (file) => ({ data: from("@cwasm/jpeg-turbo").decode(file).data, channels: 4 }),
    "@napi-rs/canvas": () => async (file) => {
      const { createCanvas, loadImage } = from("@napi-rs/canvas");
      const image = await loadImage(file);
      const context = createCanvas(image.width, image.height).getContext("2d");
      context.drawImage(image, 0, 0);
      return { data: context.getImageData(0, 0, image.width, image.height).data, channels: 4 };
    },
    "@napi-rs/image": () => (file) => ({ data: new (from("@napi-rs/image").Transformer)(file).rawPixelsSync(), channels: 3 }),
  });
}

/** Largest difference from Pillow's pixels, and the share of numbers that differ. */
async function farFrom(reference, decode) {
  let [at, most, differing] = [0, 0, 0];
  for (const file of files) {
    const { data, channels } = await decode(file);
    const pixels = data.length / channels;
    for (let i = 0; i < 3 * pixels; i += 1) {
      const off = Math.abs(data[Math.floor(i / 3) * channels + (i % 3)] - reference[at + i]);
      most = Math.max(most, off);
      if (off > 0) differing += 1;
    }
    at += 3 * pixels;
  }
  if (at !== reference.length) throw new Error(`${at} numbers, and ${reference.length} of Pillow's`);
  return { most, share: differing / at };
}

const { stdout: reference, stderr: times } = spawnSync(values.python, ["-c", pillow, String(rounds), ...names.map((name) => join(values.folder, name))], { maxBuffer: 2 ** 31 });
const theirs = times.toString().trim().split("\n").map(Number);
console.log("| decoder | ms a picture | largest difference | numbers that differ |\n|---|---|---|---|");
console.log(`| Pillow | ${median(theirs).toFixed(2)} | – | – |`);
for (const [name, load] of Object.entries(decoders)) {
  const decode = await load();
  const taken = [];
  for (let round = 0; round < rounds; round += 1) {
    const begun = performance.now();
    for (const file of files) await decode(file);
    taken.push((performance.now() - begun) / files.length);
  }
  const { most, share } = await farFrom(reference, decode);
  console.log(`| ${name} | ${median(taken).toFixed(2)} | ${most} | ${(100 * share).toFixed(1)} % |`);
}
