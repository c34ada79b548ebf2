import type { ScoreMatrix } from "../../contract/metric.js";
import { colourScale, isLight, type ColourScale } from "./colour-scale.js";
import { background } from "./grid.js";
import { blank, fillRectangle, paste, turned, type Image } from "./image.js";
import { drawText, textHeight, textWidth } from "./text.js";

const margin = 16;
const gap = 2;
const space = 12;
const scale = 2;
const bright = { scale, shade: 240 };
const soft = { scale, shade: 190 };
/** Sides of a cell: as large as all of them have room in about `room` pixels, within these bounds. */
const largest = { width: 72, height: 40 };
const least = 6;
const room = 1200;
const barWidth = 20;
/** The scale at the side is no shorter than this, however few rows there are. */
const shortestBar = 96;

/** A matrix as colours with its values in them where they fit, names of rows at the left and of columns above, and a scale at the right; `captions` stand above the title, a line each. */
export function heatMap({ title, rows, columns, values }: ScoreMatrix, captions: readonly string[] = []): Image {
  const numbers = values.flat();
  const colours = colourScale(numbers);
  const cell = { width: side(columns.length, largest.width), height: side(rows.length, largest.height) };
  const texts = values.map((row) => row.map((value) => formatCell(value, colours.high)));
  const legible = texts.flat().every((text) => textWidth(text, scale) + 4 <= cell.width) && textHeight(scale) <= cell.height;
  const labelled = rows.length > 0 && cell.height >= textHeight(scale);
  const labelWidth = labelled ? Math.max(0, ...rows.map((row) => textWidth(row, scale))) : 0;
  const headings = headingsOf(columns, cell.width);
  const left = margin + labelWidth + space;
  const lines = [...captions, title];
  const top = margin + lines.length * (textHeight(scale) + 4) + space + Math.max(0, ...headings.map(({ height }) => height)) + 4;
  const right = left + columns.length * (cell.width + gap) + space;
  const bottom = top + Math.max(shortestBar, rows.length * (cell.height + gap));
  const ticks = [colours.high, (colours.high + colours.low) / 2, colours.low].map((value) => formatCell(value, colours.high));
  const width = Math.max(right + barWidth + 6 + Math.max(...ticks.map((tick) => textWidth(tick, scale))), ...lines.map((line) => margin + textWidth(line, scale))) + margin;
  const canvas = blank(width, bottom + margin, 3, background);
  for (const [i, line] of lines.entries()) drawText(canvas, line, margin, margin + i * (textHeight(scale) + 4), i === 0 ? bright : soft);
  for (const [column, heading] of headings.entries()) paste(canvas, heading, left + column * (cell.width + gap) + Math.floor((cell.width - heading.width) / 2), top - 4 - heading.height);
  for (const [row, cells] of values.entries()) {
    const y = top + row * (cell.height + gap);
    const name = rows[row] ?? "";
    if (labelled) drawText(canvas, name, margin + labelWidth - textWidth(name, scale), middle(y, cell.height), soft);
    for (const [column, value] of cells.entries()) {
      const x = left + column * (cell.width + gap);
      const colour = colours.colourOf(value);
      fillRectangle(canvas, x, y, cell.width, cell.height, colour);
      const text = texts[row]?.[column] ?? "";
      if (legible) drawText(canvas, text, x + Math.floor((cell.width - textWidth(text, scale)) / 2), middle(y, cell.height), { scale, shade: isLight(colour) ? 20 : 235 });
    }
  }
  drawBar(canvas, colours, right, top, bottom - top - gap, ticks);
  return canvas;
}

/** The scale, largest value on top. */
function drawBar(canvas: Image, colours: ColourScale, x: number, y: number, height: number, ticks: readonly string[]): void {
  for (let row = 0; row < height; row += 1) fillRectangle(canvas, x, y + row, barWidth, 1, colours.colourOf(colours.high - ((colours.high - colours.low) * row) / Math.max(1, height - 1)));
  for (const [i, tick] of ticks.entries()) {
    const at = y + Math.round((i / (ticks.length - 1)) * (height - textHeight(scale) + 2 * scale));
    drawText(canvas, tick, x + barWidth + 6, at, soft);
  }
}

/** Names above columns: across where all fit, upwards where cells are wide enough for a line of text, none otherwise. */
function headingsOf(columns: readonly string[], width: number): readonly Image[] {
  const fits = columns.every((name) => textWidth(name, scale) <= width);
  if (!fits && textHeight(scale) > width) return [];
  return columns.map((name) => {
    const line = blank(Math.max(1, textWidth(name, scale)), textHeight(scale), 1, background);
    drawText(line, name, 0, 0, soft);
    return fits ? line : turned(line);
  });
}

function side(count: number, most: number): number {
  return Math.max(least, Math.min(most, Math.floor(room / Math.max(1, count))));
}

/** Where a line of text begins that stands in the middle of what begins at `y`: two dots lower than the middle of its nine rows, as letters that reach below the line are few. */
function middle(y: number, height: number): number {
  return y + Math.floor((height - textHeight(scale)) / 2) + scale;
}

/** Two places after the point, or three figures where numbers are large. */
function formatCell(value: number, high: number): string {
  if (high >= 100) return value.toPrecision(3);
  if (high < 0.05 && value !== 0) return value.toExponential(0);
  return value.toFixed(2).replace(/^-0\.00$/, "0.00");
}
