// The program of a worker thread: decodes what it is sent, in the order of the messages.
import { parentPort, workerData } from "node:worker_threads";
import sharp from "sharp";
import { messageOf } from "@idgan/core/data";
import { Decoder } from "./decoder.js";
import type { Preparation } from "./picture.js";
import type { PicturePlace } from "./picture-place.js";

// Threads decode beside each other; that libvips splits a picture among threads of its own would only make them wait.
sharp.concurrency(1);
sharp.cache(false);

const decoder = new Decoder(workerData as Preparation);
let last: Promise<void> = Promise.resolve();

parentPort?.on("message", (places: readonly PicturePlace[]) => {
  last = last.then(async () => {
    try {
      const decoded = await decoder.decode(places);
      parentPort?.postMessage(decoded, [decoded.pixels.buffer as ArrayBuffer]);
    } catch (error) {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
      parentPort?.postMessage({ failure: messageOf(error) });
    }
  });
});
