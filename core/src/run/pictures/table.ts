import { background, grid, span } from "./grid.js";
import { blank, channelsOf, type Image, paste } from "./image.js";
import { displayed } from "./scaling.js";
import { drawText, textHeight, textWidth } from "./text.js";

export interface TableRow {
  readonly label: string;
  readonly images: readonly Image[];
  /** Stands apart from the row above. */
  readonly apart?: boolean;
}

export interface Table {
  readonly title?: string;
  /** Above the columns. */
  readonly headings?: readonly string[];
  readonly rows: readonly TableRow[];
  /** The first column stands apart from the others. */
  readonly firstApart?: boolean;
}

const margin = 16;
const gap = 4;
/** Between parts that stand apart, and between text and images. */
const space = 12;
const scale = 2;
const bright = { scale, shade: 240 };
const soft = { scale, shade: 190 };

/** Rows of images with a label at the left of each and a heading above each column, enlarged to a size good to look at. */
export function drawTable({ title = "", headings = [], rows, firstApart = false }: Table): Image {
  const shown = displayed(rows.flatMap(({ images }) => images));
  const width = Math.max(1, ...shown.map((image) => image.width));
  const height = Math.max(1, ...shown.map((image) => image.height));
  const columns = Math.max(0, ...rows.map(({ images }) => images.length));
  const labelWidth = Math.max(0, ...rows.map(({ label }) => textWidth(label, scale)));
  const left = margin + (labelWidth > 0 ? labelWidth + space : 0);
  const line = textHeight(scale);
  const titleEnd = margin + (title === "" ? 0 : line + space + gap);
  const top = titleEnd + (headings.length > 0 ? line + gap : 0);
  const columnAt = (column: number): number => left + column * (width + gap) + (firstApart && column > 0 ? space : 0);
  const apart = rows.filter((row, index) => row.apart === true && index > 0).length;
  const canvas = blank(
    Math.max(columnAt(columns) - gap, margin + textWidth(title, scale)) + margin,
    top + span(rows.length, height, gap) + apart * space + margin,
    channelsOf(shown),
    background,
  );
  drawText(canvas, title, margin, margin, bright);
  for (const [column, heading] of headings.entries()) {
    drawText(canvas, heading, columnAt(column) + Math.floor((width - textWidth(heading, scale)) / 2), titleEnd, soft);
  }
  let y = top;
  let first = 0;
  for (const [index, { label, images, apart: away }] of rows.entries()) {
    if (away === true && index > 0) y += space;
    // Two dots lower than the middle of its nine rows: letters that reach below the line are few.
    drawText(canvas, label, margin, y + Math.floor((height - line) / 2) + scale, soft);
    for (const [column, image] of shown.slice(first, first + images.length).entries()) {
      paste(canvas, image, columnAt(column) + Math.floor((width - image.width) / 2), y + Math.floor((height - image.height) / 2));
    }
    first += images.length;
    y += height + gap;
  }
  return canvas;
}

/** Images alone, enlarged likewise. */
export function drawSheet(images: readonly Image[], columns: number): Image {
  return grid(displayed(images), columns, { gap, margin });
}
