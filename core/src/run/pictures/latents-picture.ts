import type { Latent } from "../latents.js";
import { background } from "./grid.js";
import { blank, fillRectangle, type Image } from "./image.js";
import { drawText, textHeight, textWidth } from "./text.js";

const margin = 16;
const space = 12;
const scale = 2;
const bright = { scale, shade: 240 };
const soft = { scale, shade: 190 };
const barLength = 480;
const barHeight = 20;
const pitch = 28;
const colour = [66, 168, 134] as const;
/** Latents with a bar: more would make a picture that nobody can look through. */
const most = 64;

/** KL(q(c_i|x) || N(0, 1)) of each latent as a bar, the largest first, with its value in nats beside it. */
export function latentsPicture(ranked: readonly Latent[], subtitle = ""): Image {
  const shown = ranked.slice(0, most);
  const total = ranked.reduce((sum, { kl }) => sum + kl, 0);
  const rest = ranked.slice(most).reduce((sum, { kl }) => sum + kl, 0);
  const title = `KL of each latent from N(0, 1), nats; ${total.toFixed(2)} in all`;
  const lines = [title, ...(subtitle === "" ? [] : [subtitle])];
  const foot = ranked.length > most ? `and ${ranked.length - most} more, ${rest.toFixed(2)} in all` : "";
  const names = shown.map(({ index }) => `c${index}`);
  const values = shown.map(({ kl }) => kl.toFixed(2));
  const left = margin + Math.max(...names.map((name) => textWidth(name, scale))) + space;
  const top = margin + lines.length * (textHeight(scale) + 4) + space;
  const longest = Math.max(...shown.map(({ kl }) => kl), Number.MIN_VALUE);
  const valueWidth = Math.max(...values.map((value) => textWidth(value, scale)));
  const width = Math.max(left + barLength + space + valueWidth, ...[...lines, foot].map((line) => margin + textWidth(line, scale))) + margin;
  const canvas = blank(width, top + shown.length * pitch + (foot === "" ? 0 : pitch) + margin - (pitch - barHeight), 3, background);
  for (const [i, line] of lines.entries()) drawText(canvas, line, margin, margin + i * (textHeight(scale) + 4), i === 0 ? bright : soft);
  for (const [i, { kl }] of shown.entries()) {
    const y = top + i * pitch;
    const length = Math.max(kl > 0 ? 1 : 0, Math.round((barLength * kl) / longest));
    const text = y + Math.floor((barHeight - textHeight(scale)) / 2) + scale;
    drawText(canvas, names[i] ?? "", margin, text, soft);
    fillRectangle(canvas, left, y, length, barHeight, colour);
    drawText(canvas, values[i] ?? "", left + length + space, text, bright);
  }
  drawText(canvas, foot, margin, top + shown.length * pitch, soft);
  return canvas;
}
