import { homedir, platform } from "node:os";
import { join } from "node:path";

/** Where prepared data goes that no option places: `IDGAN_CACHE`, else `idgan` in the system's folder for caches. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env["IDGAN_CACHE"];
  if (chosen !== undefined && chosen !== "") return chosen;
  if (platform() === "win32") return join(env["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local"), "idgan", "cache");
  if (platform() === "darwin") return join(homedir(), "Library", "Caches", "idgan");
  return join(env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "idgan");
}
