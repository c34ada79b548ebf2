import { IdganError, mayPass, messageOf, openArrayFile, type ArrayFile } from "@idgan/core";
import { imageShape } from "./array-layout.js";
import type { Fault, ImageSource, KnownFactors } from "./image-source.js";
import { readKnownFactors } from "./known-factors.js";
import { numberImages, type NumberOptions } from "./number-images.js";

export interface NumpyOptions extends NumberOptions {
  /** Which array of an archive; `null` for the one that has images. */
  readonly array: string | null;
  readonly factors: string | null;
}

/** dSprites' name, which others took over. */
const usualFactors = "latents_classes";

/** A .npy file, or an array of an .npz archive and the factors beside it. */
export async function openNumpyImages(path: string, options: NumpyOptions): Promise<ImageSource> {
  const file = await openArrayFile(path);
  try {
    const name = options.array ?? (await chooseArray(file, options));
    const array = await file.array(name);
    const label = name === "" ? path : `The array ${name} in ${path}`;
    const images = await numberImages(array, label, options);
    const factorsName = options.factors ?? (file.names.includes(usualFactors) ? usualFactors : undefined);
    return {
      ...images,
      path,
      format: `${name === "" ? ".npy file" : `.npz archive, array ${name}`} [${array.header.shape.join(", ")}] of ${array.header.type.name}`,
      fingerprint: JSON.stringify([file.source.bytes, file.source.modified, images.fingerprint, factorsName]),
      ...(factorsName === undefined ? {} : { factors: async () => await factorsOf(file, factorsName, images.count, options.factors !== null) }),
      expectUnchanged: file.source.expectUnchanged,
      close: file.close,
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Of an array that nobody asked for, why it cannot give them is no error. */
async function factorsOf(file: ArrayFile, name: string, count: number, isAskedFor: boolean): Promise<KnownFactors | Fault> {
  try {
    return await readKnownFactors(await file.array(name), count, file.source.path);
  } catch (error) {
    if (isAskedFor || mayPass(error)) throw error;
    return { fault: messageOf(error) };
  }
}

/** The one array whose shape is that of images. */
async function chooseArray(file: ArrayFile, { layout }: NumberOptions): Promise<string> {
  const said: string[] = [];
  const suitable: string[] = [];
  for (const name of file.names) {
    try {
      const { shape, type } = (await file.array(name)).header;
      said.push(`${name || "the array"} [${shape.join(", ")}] of ${type.name}`);
      if (imageShape(shape, layout) !== undefined) suitable.push(name);
    } catch (error) {
      said.push(messageOf(error));
    }
  }
  const [only] = suitable;
  if (only !== undefined && suitable.length === 1) return only;
  const why = only === undefined ? "holds no array of images" : `holds ${suitable.length} arrays of images`;
  throw new IdganError("DATA_INVALID", `${file.source.path} ${why}: ${said.join("; ")}. Name one with the data's option \`array\`.`);
}
