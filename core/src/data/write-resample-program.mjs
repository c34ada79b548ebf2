// Writes resample-program.ts from resample.wat: npx --yes --package wabt@1.0.39 node core/src/data/write-resample-program.mjs
// wabt is no dependency: a program of 40 instructions changes once in years, and whoever changes it fetches it for that.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const place = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "idgan-wat-"));
const binary = join(folder, "resample.wasm");
execFileSync("wat2wasm", [place("resample.wat"), "-o", binary], { stdio: "inherit" });
const text = readFileSync(binary).toString("base64");
rmSync(folder, { recursive: true });
const hash = createHash("sha256").update(readFileSync(place("resample.wat"), "utf8").replaceAll("\r\n", "\n")).digest("hex");
writeFileSync(place("resample-program.ts"), `// Made by write-resample-program.mjs from resample.wat; do not edit.
/** The passes of a resampling, a WebAssembly module in base64. */
export const resampleProgram =
  "${text}";
/** SHA-256 of the text it was made from. */
export const resampleProgramSource = "${hash}";
`);
