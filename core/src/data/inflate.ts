import { createGunzip, createInflateRaw } from "node:zlib";
import { IdganError, messageOf } from "../contract/error.js";

const pieceBytes = 2 ** 18;

/** What `packed` inflates to, in pieces; only as much is held as is asked for. `label` says in messages what is damaged. Throws `DATA_INVALID`. */
export async function* inflated(packed: AsyncIterable<Buffer>, format: "gzip" | "raw", label: string): AsyncGenerator<Buffer> {
  const inflate = format === "gzip" ? createGunzip({ chunkSize: pieceBytes }) : createInflateRaw({ chunkSize: pieceBytes });
  const closed = new Promise((resolve) => inflate.once("close", resolve));
  const feed = async (): Promise<void> => {
    try {
      for await (const piece of packed) {
        if (inflate.destroyed) return;
        if (!inflate.write(piece)) await Promise.race([closed, new Promise((resolve) => inflate.once("drain", resolve))]);
      }
      inflate.end();
    } catch (error) {
      inflate.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const fed = feed();
  try {
    for await (const piece of inflate) yield piece as Buffer;
  } catch (error) {
    throw error instanceof IdganError ? error : new IdganError("DATA_INVALID", `${label} is damaged: ${messageOf(error)}. Fetch it again.`, error);
  } finally {
    inflate.destroy();
    await fed;
  }
}
