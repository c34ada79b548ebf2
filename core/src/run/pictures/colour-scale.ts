/** Red, green and blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** From dark to light, so that the order of values is seen in grey print, too. */
const rising: readonly Colour[] = [
  [24, 24, 52],
  [44, 62, 122],
  [36, 116, 150],
  [66, 168, 134],
  [168, 208, 92],
  [252, 238, 140],
];
/** From blue over dark, which is 0, to orange. */
const twoSided: readonly Colour[] = [
  [120, 190, 250],
  [50, 104, 184],
  [28, 28, 40],
  [190, 92, 34],
  [252, 190, 110],
];

/** What numbers of a matrix look like. */
export interface ColourScale {
  readonly low: number;
  readonly high: number;
  colourOf(value: number): Colour;
}

/** A scale from 0 to the largest of `values`; where some are negative, as far below 0 as above it. */
export function colourScale(values: readonly number[]): ColourScale {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const signed = values.some((value) => value < 0);
  const [low, stops] = signed ? [-largest, twoSided] : [0, rising];
  return { low, high: largest, colourOf: (value) => between(stops, (value - low) / (largest - low)) };
}

/** Whether dark text is read better on this colour than light text. */
export function isLight([red, green, blue]: Colour): boolean {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140; // luma of ITU-R BT.601
}

function between(stops: readonly Colour[], share: number): Colour {
  const at = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const from = stops[Math.floor(at)] ?? [0, 0, 0];
  const to = stops[Math.ceil(at)] ?? from;
  const mixed = from.map((part, i) => Math.round(part + (at - Math.floor(at)) * ((to[i] ?? 0) - part)));
  return [mixed[0] ?? 0, mixed[1] ?? 0, mixed[2] ?? 0];
}
