import test from "ava";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = `
import plugin from ${JSON.stringify(new URL("index.js", import.meta.url).href)};
const engine = await plugin.create({ threads: 1, providers: ["cpu"], memory: "pooled" });
await engine.dispose();
`;

test("an engine leaves nothing of ONNX Runtime's telemetry in the home folder", (t) => {
  const home = mkdtempSync(join(tmpdir(), "idgan-home-"));
  t.teardown(() => rmSync(home, { recursive: true }));
  const { ORT_DISABLE_TELEMETRY: _unset, ...env } = process.env;
  execFileSync(process.execPath, ["--input-type=module", "--eval", program], { env: { ...env, HOME: home, XDG_CACHE_HOME: join(home, ".cache"), IDGAN_CACHE: join(home, "idgan") } });
  t.deepEqual(readdirSync(home).filter((name) => name !== "idgan"), []);
});
