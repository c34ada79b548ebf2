import test from "ava";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installCommand } from "./install-command.js";

for (const [lock, command] of [
  ["pnpm-lock.yaml", "pnpm add --ignore-scripts @idgan/presets"],
  ["yarn.lock", "yarn add @idgan/presets"],
  ["bun.lock", "bun add @idgan/presets"],
  ["package-lock.json", "npm install --ignore-scripts @idgan/presets"],
  ["another.txt", "npm install --ignore-scripts @idgan/presets"],
] as const) {
  test(`beside ${lock} a package comes by ${command}`, (t) => {
    const folder = mkdtempSync(join(tmpdir(), "idgan-install-command-"));
    t.teardown(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, lock), "");
    mkdirSync(join(folder, "a/b"), { recursive: true });
    t.is(installCommand("@idgan/presets", join(folder, "a/b")), command);
  });
}

test("the nearest lock file decides", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "idgan-install-command-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "yarn.lock"), "");
  mkdirSync(join(folder, "inner"));
  writeFileSync(join(folder, "inner/pnpm-lock.yaml"), "");
  t.regex(installCommand("x", join(folder, "inner")), /^pnpm /);
});
