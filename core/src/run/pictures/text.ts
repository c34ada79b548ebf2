import { glyphHeight, glyphOf, glyphWidth } from "./font.js";
import { fillRectangle, type Image } from "./image.js";

export interface TextStyle {
  /** Pixels a dot, across and down. */
  readonly scale: number;
  /** Grey, 0 to 255. */
  readonly shade: number;
}

/** Characters stand one dot apart. */
const advance = glyphWidth + 1;

/** Width of a line in pixels, without a gap at its end. */
export function textWidth(text: string, scale: number): number {
  return text === "" ? 0 : (text.length * advance - 1) * scale;
}

export function textHeight(scale: number): number {
  return glyphHeight * scale;
}

/** Writes one line on `canvas` with its upper left corner at (x, y); what lies outside is cut off. */
export function drawText(canvas: Image, text: string, x: number, y: number, { scale, shade }: TextStyle): void {
  for (const [index, character] of [...text].entries()) {
    for (const [row, dots] of glyphOf(character).entries()) {
      for (let column = 0; column < glyphWidth; column += 1) {
        if ((dots & (1 << (glyphWidth - 1 - column))) !== 0) fillRectangle(canvas, x + (index * advance + column) * scale, y + row * scale, scale, scale, [shade]);
      }
    }
  }
}
