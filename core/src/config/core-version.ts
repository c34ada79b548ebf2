import { readFileSync } from "node:fs";

/** Version of this @idgan/core, from its package.json. */
export const coreVersion: string = (JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { readonly version: string }).version;
