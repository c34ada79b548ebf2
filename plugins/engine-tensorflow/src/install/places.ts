import { homedir } from "node:os";
import { join } from "node:path";

/** Where installed libraries lie, for all projects of a user: half a gigabyte is not put into every node_modules. `IDGAN_CACHE` moves it. */
export function cacheFolder(): string {
  const { IDGAN_CACHE: own, XDG_CACHE_HOME: shared } = process.env;
  if (own !== undefined && own !== "") return join(own, "tensorflow");
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "idgan", "tensorflow");
  return join(shared === undefined || shared === "" ? join(homedir(), ".cache") : shared, "idgan", "tensorflow");
}
