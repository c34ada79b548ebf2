import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { IdganError, messageOf } from "@idgan/core";
import { readMatStructs, type MatStruct } from "./mat-file.js";

/** Corners of a car's box, in pixels of its picture, as PIL's crop takes them. */
export interface CarBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const file = /^cars_(train_|test_)?annos(_withlabels)?\.mat$/;

/** The boxes in every annotation file of Stanford Cars in `folder` or below it, by the name of the picture, with the folder that tells training and test apart. */
export async function readCarBoxes(folder: string): Promise<ReadonlyMap<string, CarBox>> {
  const found = (await readdir(folder, { recursive: true })).filter((name) => file.test(name.split(/[\\/]/).at(-1) ?? "")).sort();
  if (found.length === 0) throw new IdganError("DATA_NOT_FOUND", `No cars_annos.mat, cars_train_annos.mat or cars_test_annos.mat in ${folder} or below it. Fetch the devkit, which has the boxes, into that folder.`);
  const boxes = new Map<string, CarBox>();
  for (const name of found) {
    const path = join(folder, name);
    const part = /cars_(train|test)_/.exec(name)?.[1];
    for (const row of await structsOf(path)) {
      const picture = row["relative_im_path"] ?? row["fname"];
      const [left, top, right, bottom] = ["bbox_x1", "bbox_y1", "bbox_x2", "bbox_y2"].map((field) => row[field]);
      if (typeof picture !== "string" || typeof left !== "number" || typeof top !== "number" || typeof right !== "number" || typeof bottom !== "number") {
        throw new IdganError("DATA_INVALID", `${path} holds annotations without a picture or a box. Check that it is the file of Stanford Cars.`);
      }
      // Training and test number their pictures alike; their folders tell them apart.
      boxes.set(part === undefined || picture.includes("/") ? picture : `cars_${part}/${picture}`, { left, top, right, bottom });
    }
  }
  return boxes;
}

async function structsOf(path: string): Promise<readonly MatStruct[]> {
  try {
    return readMatStructs(await readFile(path), "annotations");
  } catch (error) {
    throw new IdganError("DATA_INVALID", `${path} cannot be read: ${messageOf(error)}. Fetch it again.`, error);
  }
}
