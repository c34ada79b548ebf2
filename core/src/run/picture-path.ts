import { access, constants } from "node:fs/promises";
import { dirname, extname } from "node:path";
import { IdganError, messageOf } from "../contract/error.js";
import { makeFolder } from "../data/make-folder.js";

/** Checks where a picture is to be written and makes its folder, before models are opened or data are looked through for it. */
export async function preparePicturePath(path: string): Promise<void> {
  if (extname(path).toLowerCase() !== ".png") {
    throw new IdganError("USAGE", `--out ${path}: pictures are PNG files. Give it a name that ends in .png.`);
  }
  try {
    await makeFolder(dirname(path));
    await access(dirname(path), constants.W_OK);
  } catch (thrown) {
    throw new IdganError("RUN_WRITE", `The folder ${dirname(path)} cannot be written: ${messageOf(thrown)}. Name another place with --out.`, thrown);
  }
}
