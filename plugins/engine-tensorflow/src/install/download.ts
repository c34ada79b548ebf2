import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { IdganError, makeFolder, messageOf, type InstallReporter } from "@idgan/core";
import { failure, isFromDisk } from "./failure.js";

/** Downloads a file into `folder`, going on where an earlier attempt stopped, and returns its path. @throws IdganError ENGINE_INSTALL */
export async function fetchFile(address: string, folder: string, reporter: InstallReporter): Promise<string> {
  const file = join(folder, basename(new URL(address).pathname));
  if ((await stat(file).catch(() => undefined)) !== undefined) {
    reporter.note(`${basename(file)} was fetched before`);
    return file;
  }
  reporter.stage(`fetch ${address}`);
  await makeFolder(folder);
  const partial = `${file}.partial`;
  const before = (await stat(partial).catch(() => ({ size: 0 }))).size;
  try {
    const response = await fetch(address, before > 0 ? { headers: { range: `bytes=${before}-` } } : {});
    if (response.status === 416) {
      // The host has no byte after those that are here: they are all of it, or of another file.
      await rm(partial);
      return await fetchFile(address, folder, reporter);
    }
    if (!response.ok || response.body === null) throw new Error(`the host answered ${response.status} ${response.statusText}`);
    const resumed = response.status === 206;
    let done = resumed ? before : 0;
    const length = Number(response.headers.get("content-length"));
    const total = length > 0 ? done + length : undefined;
    const counted = new Transform({
      transform(chunk: Buffer, _, next) {
        reporter.progress((done += chunk.length), total);
        next(undefined, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), counted, createWriteStream(partial, { flags: resumed ? "a" : "w" }));
    if (total !== undefined && done !== total) throw new Error(`it ended after ${done} of ${total} bytes`);
  } catch (error) {
    if (error instanceof IdganError || isFromDisk(error)) throw error;
    const cause = error instanceof Error && error.cause !== undefined ? ` (${messageOf(error.cause)})` : "";
    throw failure(`${address} could not be fetched: ${messageOf(error)}${cause}. The same command goes on where it stopped. Where that host is out of reach, take the library from pip's index (leave --from out), or download the file elsewhere and pass its path.`, error);
  }
  await rename(partial, file);
  return file;
}
