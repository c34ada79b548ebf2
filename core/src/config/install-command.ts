import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * Lock files, and the commands of the managers that write them. Install scripts are left out: none is needed, ONNX Runtime's would download CUDA's
 * libraries, and pnpm 12 ends with an error at a package that has one.
 */
const managers: readonly (readonly [lock: string, command: string])[] = [
  ["pnpm-lock.yaml", "pnpm add --ignore-scripts"],
  ["yarn.lock", "yarn add"],
  ["bun.lock", "bun add"],
  ["package-lock.json", "npm install --ignore-scripts"],
];

/** What to type so that `name` is installed in the project around `folder`: by the manager whose lock file is the nearest, else by npm. */
export function installCommand(name: string, folder = process.cwd()): string {
  for (let place = resolve(folder); ; place = dirname(place)) {
    const manager = managers.find(([lock]) => existsSync(join(place, lock)));
    if (manager !== undefined) return `${manager[1]} ${name}`;
    if (place === dirname(place)) return `npm install --ignore-scripts ${name}`;
  }
}
