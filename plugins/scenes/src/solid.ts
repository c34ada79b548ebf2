// Four solids that stand on the floor, y up, and where a ray meets them. Lengths are in units of the solid's scale.

/** Where a ray first meets a surface, and the normal there. One object is written to again and again, since a picture takes many thousand rays. */
export interface Meeting {
  /** Distance along the ray; infinite where it meets nothing. */
  distance: number;
  nx: number;
  ny: number;
  nz: number;
}

/** Writes to `at` where the ray from (`ox`, `oy`, `oz`) along (`dx`, `dy`, `dz`) enters the solid. */
export type Solid = (ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, at: Meeting) => void;

const never = Number.POSITIVE_INFINITY;
const cubeHalf = 0.75;
const radius = 0.8;
const cylinderHeight = 1.6;
const sphereRadius = 0.92;
const capsuleRadius = 0.55;
const capsuleHeight = 1.9;

const cube: Solid = (ox, oy, oz, dx, dy, dz, at) => {
  const center = cubeHalf;
  let near = Number.NEGATIVE_INFINITY;
  let far = never;
  let axis = 0;
  for (let side = 0; side < 3; side += 1) {
    const o = side === 0 ? ox : side === 1 ? oy - center : oz;
    const d = side === 0 ? dx : side === 1 ? dy : dz;
    const entry = (-Math.sign(d || 1) * cubeHalf - o) / d;
    const exit = (Math.sign(d || 1) * cubeHalf - o) / d;
    if (entry > near) {
      near = entry;
      axis = side;
    }
    far = Math.min(far, exit);
  }
  const met = near <= far && near > 0;
  write(at, met ? near : never, axis === 0 ? -Math.sign(dx) : 0, axis === 1 ? -Math.sign(dy) : 0, axis === 2 ? -Math.sign(dz) : 0);
};

const cylinder: Solid = (ox, oy, oz, dx, dy, dz, at) => {
  write(at, never, 0, 0, 0);
  const side = pipe(ox, oz, dx, dz, radius);
  const y = oy + side * dy;
  if (side > 0 && y >= 0 && y <= cylinderHeight) write(at, side, (ox + side * dx) / radius, 0, (oz + side * dz) / radius);
  const top = (cylinderHeight - oy) / dy;
  if (dy < 0 && top > 0 && top < at.distance && (ox + top * dx) ** 2 + (oz + top * dz) ** 2 <= radius ** 2) write(at, top, 0, 1, 0);
};

const sphere: Solid = (ox, oy, oz, dx, dy, dz, at) => ball(ox, oy - sphereRadius, oz, dx, dy, dz, sphereRadius, at);

const capsule: Solid = (ox, oy, oz, dx, dy, dz, at) => {
  const side = pipe(ox, oz, dx, dz, capsuleRadius);
  const y = oy + side * dy;
  if (side > 0 && y >= capsuleRadius && y <= capsuleHeight - capsuleRadius) {
    write(at, side, (ox + side * dx) / capsuleRadius, 0, (oz + side * dz) / capsuleRadius);
    return;
  }
  // The caps' balls reach into the pipe, so that the first meeting with either is on the surface wherever the pipe is not met.
  ball(ox, oy - (capsuleHeight - capsuleRadius), oz, dx, dy, dz, capsuleRadius, at);
  const { distance, nx, ny, nz } = at;
  ball(ox, oy - capsuleRadius, oz, dx, dy, dz, capsuleRadius, at);
  if (distance < at.distance) write(at, distance, nx, ny, nz);
};

/** In the order of the factor `shape`. */
export const solids: readonly Solid[] = [cube, cylinder, sphere, capsule];

/** Distance to where a ray enters an upright pipe around the y axis; -1 where it does not. */
function pipe(ox: number, oz: number, dx: number, dz: number, r: number): number {
  const a = dx * dx + dz * dz;
  const b = ox * dx + oz * dz;
  const inside = b * b - a * (ox * ox + oz * oz - r * r);
  return inside < 0 || a === 0 ? -1 : (-b - Math.sqrt(inside)) / a;
}

function ball(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, r: number, at: Meeting): void {
  const a = dx * dx + dy * dy + dz * dz;
  const b = ox * dx + oy * dy + oz * dz;
  const inside = b * b - a * (ox * ox + oy * oy + oz * oz - r * r);
  const distance = inside < 0 ? -1 : (-b - Math.sqrt(inside)) / a;
  if (distance > 0) write(at, distance, (ox + distance * dx) / r, (oy + distance * dy) / r, (oz + distance * dz) / r);
  else write(at, never, 0, 0, 0);
}

function write(at: Meeting, distance: number, nx: number, ny: number, nz: number): void {
  at.distance = distance;
  at.nx = nx;
  at.ny = ny;
  at.nz = nz;
}
