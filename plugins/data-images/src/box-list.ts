import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { IdganError, messageOf } from "@idgan/core";
import type { Box } from "./box.js";

/** Finds the box of a picture by its name, from the folder or without folders. */
export type BoxList = (name: string) => Box | undefined;

/** Lines above the first box: a heading, and CelebA's count of lines. */
const mostHeadings = 2;
/** A line for each of ten million pictures. */
const mostBytes = 2 ** 29;

/**
 * Reads a text file with a line for each picture: its name, then left, top, right and bottom in pixels (right and bottom excluded), between commas,
 * semicolons, spaces or tabs; the name may have spaces. Where the heading speaks of `width` and `height`, as CelebA's does, the last two numbers are these.
 */
export async function readBoxes(path: string): Promise<BoxList> {
  const text = await readText(path);
  const boxes = new Map<string, Box>();
  let isSized = false;
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const [name = "", ...fields] = fieldsOf(line.trim()).map((field) => field.replace(/^"(.*)"$/, "$1"));
    const numbers = fields.map(Number);
    if (name === "" || numbers.length !== 4 || !numbers.every((value) => Number.isFinite(value))) {
      if (boxes.size > 0 || i >= mostHeadings) throw invalid(path, i, line);
      isSized ||= /\bwidth\b/i.test(line) && /\bheight\b/i.test(line);
      continue;
    }
    const [left, top, third, fourth] = numbers.map(Math.round) as [number, number, number, number];
    boxes.set(name.replaceAll("\\", "/"), isSized ? { left, top, width: third, height: fourth } : { left, top, width: third - left, height: fourth - top });
  }
  if (boxes.size === 0) throw new IdganError("DATA_INVALID", `${path} holds no boxes. It needs a line for each picture: name, left, top, right, bottom.`);
  return (name) => boxes.get(name) ?? boxes.get(basename(name));
}

/** The name ends at the first comma, semicolon or tab, and where there is none before the last four fields. */
function fieldsOf(line: string): readonly string[] {
  const end = line.search(/[,;\t]/);
  if (end >= 0) return [line.slice(0, end).trim(), ...line.slice(end + 1).trim().split(/\s*[,;\t]\s*|\s+/)];
  const words = line.split(/\s+/);
  return [words.slice(0, -4).join(" "), ...words.slice(-4)];
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > mostBytes) throw new Error(`it has ${size} bytes`);
    return await readFile(path, "utf8");
  } catch (error) {
    throw new IdganError("DATA_NOT_FOUND", `The boxes in ${path} cannot be read: ${messageOf(error)}. Set \`boxes\` to a text file with a line for each picture.`, error);
  }
}

function invalid(path: string, line: number, text: string): IdganError {
  return new IdganError("DATA_INVALID", `${path}, line ${line + 1}: "${text.slice(0, 80)}" is no name with four numbers (left, top, right, bottom). Correct the line.`);
}
