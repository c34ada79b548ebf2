// Writes program.ts from scan.as, transform.as and colour.as: npx --yes --package assemblyscript@0.28.20 node core/src/data/jpeg/write-program.mjs
// The compiler is no dependency: the arithmetic of JPEG does not change, and whoever changes this text fetches it for that.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const place = (name) => fileURLToPath(new URL(name, import.meta.url));
const names = ["scan", "transform", "colour"];
const folder = mkdtempSync(join(tmpdir(), "idgan-as-"));
const binary = join(folder, "jpeg.wasm");
const texts = names.map((name) => readFileSync(place(`${name}.as`), "utf8").replaceAll("\r\n", "\n"));
for (const [i, name] of names.entries()) writeFileSync(join(folder, `${name}.ts`), texts[i]);
const entries = ["scan", "colour"].map((name) => join(folder, `${name}.ts`));
execFileSync("asc", [...entries, "-o", binary, "--runtime", "stub", "--enable", "simd", "-O3", "--noAssert", "--initialMemory", "1"], { stdio: "inherit" });
const text = readFileSync(binary).toString("base64");
rmSync(folder, { recursive: true });
writeFileSync(place("program.ts"), `// Made by write-program.mjs from scan.as, transform.as and colour.as; do not edit.
/** The arithmetic of a JPEG, a WebAssembly module in base64. */
export const jpegProgram =
  "${text}";
/** SHA-256 of the texts it was made from, one after the other. */
export const jpegProgramSource = "${createHash("sha256").update(texts.join("")).digest("hex")}";
`);
