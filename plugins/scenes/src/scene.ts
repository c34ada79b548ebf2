// A square room with one solid in the middle, lit by a lamp from the left behind the camera and by the sky. Light adds up linearly.
import { solids, type Meeting, type Solid } from "./solid.js";

/** What a ray sees. One object is written to again and again. */
export interface Sight {
  /** 0 floor, 1 wall, 2 solid. */
  surface: 0 | 1 | 2;
  /** Differs wherever the picture may have an edge. */
  facet: number;
  /** Light that the surface throws back, of its own colour; and of the lamp's, for highlights. */
  diffuse: number;
  highlight: number;
}

const camera = { y: 2.6, z: -5.4, tilt: 0.33, zoom: 1.75 } as const;
const roomHalf = 4.6;
/** Towards the lamp, of length 1. */
const lamp = unit(-0.55, 1, -0.75);
const ambient = 0.34;
const cosTilt = Math.cos(camera.tilt);
const sinTilt = Math.sin(camera.tilt);

/** A view of the room turned by `angle`, with the solid of this `shape` and `scale`. */
export class Scene {
  readonly #cos: number;
  readonly #sin: number;
  readonly #scale: number;
  readonly #solid: Solid;
  readonly #at: Meeting = { distance: 0, nx: 0, ny: 0, nz: 0 };
  /** The camera and the lamp, as the room sees them. */
  readonly #eye: readonly [x: number, z: number];
  readonly #lamp: readonly [x: number, z: number];

  constructor(shape: number, scale: number, angle: number) {
    this.#cos = Math.cos(angle);
    this.#sin = Math.sin(angle);
    this.#scale = scale;
    this.#solid = solids[shape] as Solid;
    this.#eye = this.#turned(0, camera.z);
    this.#lamp = this.#turned(lamp.x, lamp.z);
  }

  /** What is seen at (`u`, `v`) of the picture: both from -1 to 1, v down. */
  look(u: number, v: number, sight: Sight): void {
    const forward = camera.zoom * cosTilt + -v * sinTilt;
    const dy = -v * cosTilt - camera.zoom * sinTilt;
    const dx = this.#cos * u - this.#sin * forward;
    const dz = this.#sin * u + this.#cos * forward;
    const [ex, ez] = this.#eye;
    const { y: ey } = camera;
    const exitX = (Math.sign(dx || 1) * roomHalf - ex) / dx;
    const exitZ = (Math.sign(dz || 1) * roomHalf - ez) / dz;
    const wall = Math.min(exitX, exitZ);
    const floor = dy < 0 ? -ey / dy : Number.POSITIVE_INFINITY;
    const at = this.#at;
    this.#meet(ex, ey, ez, dx, dy, dz);
    if (at.distance < Math.min(wall, floor)) this.#seeSolid(dx, dy, dz, sight);
    else if (floor < wall) this.#seeFloor(ex + floor * dx, ez + floor * dz, sight);
    else this.#seeWall(ex + wall * dx, ey + wall * dy, ez + wall * dz, exitX < exitZ, sight);
  }

  #seeSolid(dx: number, dy: number, dz: number, sight: Sight): void {
    const { nx, ny, nz } = this.#at;
    const [lx, lz] = this.#lamp;
    const facing = Math.max(0, nx * lx + ny * lamp.y + nz * lz);
    const length = Math.hypot(dx, dy, dz);
    const half = unit(lx - dx / length, lamp.y - dy / length, lz - dz / length);
    sight.surface = 2;
    // A cube's faces part at edges, which round solids lack.
    sight.facet = 16 + (Math.abs(nx) > 0.999 ? 1 : 0) + (Math.abs(ny) > 0.999 ? 2 : 0) + (Math.abs(nz) > 0.999 ? 4 : 0);
    sight.diffuse = ambient * (0.75 + 0.25 * ny) + 0.72 * facing;
    sight.highlight = facing > 0 ? 0.35 * Math.max(0, nx * half.x + ny * half.y + nz * half.z) ** 48 : 0;
  }

  #seeFloor(x: number, z: number, sight: Sight): void {
    const [lx, lz] = this.#lamp;
    // From a hair above the floor, on which the solid stands.
    this.#meet(x, 1e-4, z, lx, lamp.y, lz);
    const shadowed = this.#at.distance < Number.POSITIVE_INFINITY;
    const contact = 1 - 0.45 * Math.exp(-(x * x + z * z) / (1.1 * this.#scale) ** 2);
    sight.surface = 0;
    sight.facet = shadowed ? 1 : 0;
    sight.diffuse = (ambient * contact + (shadowed ? 0 : 0.58 * lamp.y)) * corner(roomHalf - Math.abs(x)) * corner(roomHalf - Math.abs(z));
    sight.highlight = 0;
  }

  #seeWall(x: number, y: number, z: number, acrossX: boolean, sight: Sight): void {
    const [lx, lz] = this.#lamp;
    const facing = Math.max(0, acrossX ? -Math.sign(x) * lx : -Math.sign(z) * lz);
    sight.surface = 1;
    sight.facet = 2 + (acrossX ? (x > 0 ? 1 : 2) : z > 0 ? 3 : 4);
    sight.diffuse = (ambient + 0.5 * facing) * corner(y) * corner(roomHalf - Math.abs(acrossX ? z : x));
    sight.highlight = 0;
  }

  /** Where the ray meets the solid, which is as large as `scale` says. */
  #meet(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): void {
    const s = this.#scale;
    this.#solid(ox / s, oy / s, oz / s, dx, dy, dz, this.#at);
    this.#at.distance *= s;
  }

  #turned(x: number, z: number): readonly [x: number, z: number] {
    return [this.#cos * x - this.#sin * z, this.#sin * x + this.#cos * z];
  }
}

/** Less light comes where walls meet. */
function corner(distance: number): number {
  return 1 - 0.3 * Math.exp(-distance / 0.6);
}

function unit(x: number, y: number, z: number): { readonly x: number; readonly y: number; readonly z: number } {
  const length = Math.hypot(x, y, z);
  return { x: x / length, y: y / length, z: z / length };
}
