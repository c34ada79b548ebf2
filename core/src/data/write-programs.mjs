// Writes NAME-program.ts from NAME.wat: npx --yes --package wabt@1.0.39 node core/src/data/write-programs.mjs
// wabt is no dependency: programs of a few dozen instructions change once in years, and whoever changes them fetches it for that.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const programs = { resample: "The passes of a resampling", units: "Levels to numbers in [0, 1]" };

const place = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "idgan-wat-"));
for (const [name, what] of Object.entries(programs)) {
  const binary = join(folder, `${name}.wasm`);
  execFileSync("wat2wasm", [place(`${name}.wat`), "-o", binary], { stdio: "inherit" });
  const text = readFileSync(binary).toString("base64");
  const hash = createHash("sha256").update(readFileSync(place(`${name}.wat`), "utf8").replaceAll("\r\n", "\n")).digest("hex");
  writeFileSync(place(`${name}-program.ts`), `// Made by write-programs.mjs from ${name}.wat; do not edit.
/** ${what}, a WebAssembly module in base64. */
export const ${name}Program =
  "${text}";
/** SHA-256 of the text it was made from. */
export const ${name}ProgramSource = "${hash}";
`);
}
rmSync(folder, { recursive: true });
