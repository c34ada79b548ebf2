// The three shapes of dSprites as closed polygons. The curves are textbook ones; their few lengths were fitted to all 320 real frames of the
// animation in https://github.com/google-deepmind/dsprites-dataset by test/fixtures/fit_sprites.py, and every pixel of those frames follows.

/** Points x0, y0, x1, y1, … in pixels of a 64-pixel frame, at scale 1 and orientation 0, centre (0, 0), y down. */
export type Outline = Float64Array;

const segments = 150;

/** By the value of the factor `shape`. */
export const shapeNames = ["square", "ellipse", "heart"] as const;

export const outlines: readonly Outline[] = [square(9.598), ellipse(12.7664, 7.2136), heart(9.5997, 0.66221, -1.4398)];

function square(half: number): Outline {
  return Float64Array.of(-half, -half, half, -half, half, half, -half, half);
}

function ellipse(a: number, b: number): Outline {
  return curve(0.5, (t) => [a * Math.cos(t), b * Math.sin(t)]);
}

/** The trigonometric curve of https://mathworld.wolfram.com/HeartCurve.html, y down: 16 there is `halfWidth` here, 1 there is `rise`, 0 is `shift`. */
function heart(halfWidth: number, rise: number, shift: number): Outline {
  return curve(0, (t) => [
    halfWidth * Math.sin(t) ** 3,
    shift - rise * (13 * Math.cos(t) - 5 * Math.cos(2 * t) - 2 * Math.cos(3 * t) - Math.cos(4 * t)),
  ]);
}

function curve(phase: number, point: (t: number) => readonly [x: number, y: number]): Outline {
  const outline = new Float64Array(2 * segments);
  for (let i = 0; i < segments; i += 1) {
    outline.set(point((2 * Math.PI * (i + phase)) / segments), 2 * i);
  }
  return outline;
}

/** The outline turned by orientation `turn` of 40 and sized by `scale`. Orientations 0 and 39 are the same angle, as in dSprites. */
export function place(outline: Outline, scale: number, turn: number): Outline {
  const angle = (-2 * Math.PI * (turn % 39)) / 39;
  const cos = scale * Math.cos(angle);
  const sin = scale * Math.sin(angle);
  const placed = new Float64Array(outline.length);
  for (let i = 0; i < outline.length; i += 2) {
    const x = outline[i] as number;
    const y = outline[i + 1] as number;
    placed[i] = cos * x - sin * y;
    placed[i + 1] = sin * x + cos * y;
  }
  return placed;
}
