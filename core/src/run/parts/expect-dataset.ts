import type { Dataset } from "../../contract/dataset.js";
import { expectObject, expectParts, imageSpace, list, method, positiveCount, sentence, type Giver, type PartList } from "./part.js";

const parts: PartList = {
  name: sentence,
  size: { ...positiveCount, expected: "a whole number of images, at least one" },
  image: imageSpace,
  fingerprint: { ...sentence, expected: "a text that changes when the images would" },
  batch: method,
};

const optional: PartList = { notes: list, factors: list, factorValues: method, indicesOf: method, close: method };

/** What the `open` of the plugin `use` returned, where it has the parts of a dataset. Throws `DATA_INVALID` for the first that it lacks. */
export function expectDataset(opened: unknown, use: string): Dataset {
  const giver: Giver = { use, slot: "data", gives: "open", wanted: "{ name, size, image, fingerprint, batch }", code: "DATA_INVALID" };
  expectParts(expectObject(opened, giver), giver, parts, optional);
  return opened as Dataset;
}
