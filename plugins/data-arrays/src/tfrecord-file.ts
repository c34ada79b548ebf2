// TFRecord files of tf.train.Example: https://www.tensorflow.org/tutorials/load_data/tfrecord (the framing), and the features that pictures are kept under.
import { IdganError, messageOf, openSourceFile } from "@idgan/core";
import { maskedCrc32c } from "./crc32c.js";
import { readExample, type Example } from "./example.js";
import { bytesOf, isGzip } from "./idx-file.js";
import { interleave } from "./array-layout.js";
import type { ImageSource, Item } from "./image-source.js";

/** A longer record holds no picture. */
const mostRecord = 2 ** 28;
/** Where TensorFlow's, TFDS's and others' examples keep an encoded picture. */
const encodedNames = ["image/encoded", "image", "image_raw", "img", "jpeg", "png"];

/** The pictures of a TFRecord file, gzipped or not: encoded ones, or ProGAN's `shape` [channels, height, width] and `data`. */
export async function openTfrecordImages(path: string): Promise<ImageSource> {
  const source = await openSourceFile(path);
  try {
    const zipped = await isGzip(source);
    const records = (): AsyncGenerator<Buffer | string> => recordsOf(bytesOf(source, zipped), path);
    let count = 0;
    let looked = false;
    for await (const record of records()) {
      const example: Example | undefined = looked ? undefined : readable(record);
      if (example !== undefined) expectPicture(example, path);
      looked ||= example !== undefined;
      count += 1;
    }
    if (count === 0) throw new IdganError("DATA_INVALID", `${path} holds no record. Check that it is the right file.`);
    return {
      path,
      format: `TFRecord file${zipped ? ", gzipped" : ""}, ${count} records`,
      count,
      channels: 3,
      fingerprint: JSON.stringify([source.bytes, source.modified]),
      async *items() {
        let index = 0;
        for await (const record of records()) {
          yield itemOf(record, `record ${index}`);
          index += 1;
        }
      },
      expectUnchanged: source.expectUnchanged,
      close: source.close,
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

function itemOf(record: Buffer | string, name: string): Item {
  if (typeof record === "string") return { name, fault: record };
  try {
    const example = readExample(record);
    const shape = example.ints.get("shape");
    const data = example.bytes.get("data");
    if (shape !== undefined && data !== undefined) return { name, picture: planarPicture(shape, data) };
    const encoded = encodedNames.map((each) => example.bytes.get(each)).find((each) => each !== undefined);
    return encoded === undefined ? { name, fault: `none of its features is a picture: ${namesOf(example)}` } : { name, picture: { kind: "encoded", bytes: encoded } };
  } catch (error) {
    return { name, fault: messageOf(error) };
  }
}

/** The example; `undefined` where the record is none, which is its own fault and not the file's. */
function readable(record: Buffer | string): Example | undefined {
  try {
    return typeof record === "string" ? undefined : readExample(record);
  } catch {
    return undefined;
  }
}

function planarPicture(shape: readonly number[], data: Buffer): Extract<Item, { readonly picture: unknown }>["picture"] {
  const [channels = 0, height = 0, width = 0] = shape;
  if (shape.length !== 3 || (channels !== 1 && channels !== 3) || height < 1 || width < 1 || data.length !== channels * height * width) {
    throw new Error(`its data has ${data.length} bytes, and its shape is [${shape.join(", ")}]`);
  }
  return { kind: "levels", width, height, channels, data: channels === 1 ? data : interleave(data, channels) };
}

/** Throws `DATA_INVALID` where an example has no picture: then none has. */
function expectPicture(example: Example, path: string): void {
  if (encodedNames.some((name) => example.bytes.has(name)) || (example.bytes.has("data") && example.ints.has("shape"))) return;
  throw new IdganError("DATA_INVALID", `${path} holds examples without a picture under ${encodedNames.join(", ")}, or data and shape. Its features: ${namesOf(example)}.`);
}

function namesOf({ bytes, ints }: Example): string {
  return [...bytes.keys(), ...ints.keys()].join(", ") || "none";
}

/** The payload of each record, or what is wrong with it. Throws `DATA_INVALID` where no next record can be found. */
async function* recordsOf(pieces: AsyncIterable<Buffer>, path: string): AsyncGenerator<Buffer | string> {
  const damaged = (what: string) => new IdganError("DATA_INVALID", `${path} is no TFRecord file, or is truncated: ${what}. Fetch it again.`);
  let held: Buffer[] = [];
  let bytes = 0;
  let wanted = 12;
  let head: Buffer | undefined;
  for await (const piece of pieces) {
    held.push(piece);
    bytes += piece.length;
    while (bytes >= wanted) {
      const whole = held.length === 1 ? (held[0] as Buffer) : Buffer.concat(held);
      const taken = whole.subarray(0, wanted);
      held = [whole.subarray(wanted)];
      bytes -= wanted;
      if (head === undefined) {
        const length = taken.readBigUInt64LE(0);
        if (maskedCrc32c(taken.subarray(0, 8)) !== taken.readUInt32LE(8)) throw damaged("the checksum of a record's length is wrong");
        if (length > BigInt(mostRecord)) throw damaged(`a record of ${length} bytes`);
        head = taken;
        wanted = Number(length) + 4;
      } else {
        const payload = taken.subarray(0, -4);
        yield maskedCrc32c(payload) === taken.readUInt32LE(payload.length) ? payload : "its checksum is wrong";
        head = undefined;
        wanted = 12;
      }
    }
  }
  if (bytes > 0 || head !== undefined) throw damaged("it ends inside a record");
}
