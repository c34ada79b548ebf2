import { Worker } from "node:worker_threads";
import { IdganError, messageOf } from "@idgan/core";
// It brings sharp, which its documentation wants loaded by the main thread before any other where the C library is glibc.
import { Decoder, type Decoded } from "./decoder.js";
import type { Fault } from "./fault-list.js";
import type { Preparation } from "./picture.js";
import type { PicturePlace } from "./picture-place.js";

interface Task {
  readonly places: readonly PicturePlace[];
  readonly done: (decoded: Decoded) => void;
  readonly failed: (error: unknown) => void;
}

/** Pictures of one message at most: enough that messages cost nothing, few enough that no thread waits for another at the end of a batch. */
const mostAtOnce = 8;

/**
 * Decodes pictures in worker threads, which begin when they are needed. What comes out depends on the pictures alone, not on the number of threads;
 * with none, pictures are decoded where they are asked for.
 */
export class DecoderPool {
  /** Bytes of each picture. */
  readonly length: number;
  readonly #preparation: Preparation;
  readonly #workers: number;
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Task>();
  readonly #waiting: Task[] = [];
  #own: { readonly decoder: Decoder; last: Promise<unknown> } | undefined;
  #closed = false;

  constructor(preparation: Preparation, workers: number) {
    this.length = preparation.size ** 2 * preparation.channels;
    this.#preparation = preparation;
    this.#workers = workers;
  }

  /** The pictures at `places`, in that order. */
  async decode(places: readonly PicturePlace[]): Promise<Decoded> {
    const pixels = new Uint8Array(places.length * this.length);
    const faults: (Fault | null)[] = [];
    await this.decodeParts(places, (part, first) => {
      pixels.set(part.pixels, first * this.length);
      for (const [i, fault] of part.faults.entries()) faults[first + i] = fault;
    });
    return { pixels, faults };
  }

  /** Hands out the pictures at `places` as they come, in parts; `first` is the place of a part's first. */
  async decodeParts(places: readonly PicturePlace[], take: (part: Decoded, first: number) => void): Promise<void> {
    if (this.#closed) throw new IdganError("INTERNAL", "Pictures were asked for after their data was closed.");
    if (this.#workers === 0) {
      take(await this.#decodeHere(places), 0);
      return;
    }
    const atOnce = Math.max(1, Math.min(mostAtOnce, Math.ceil(places.length / (2 * this.#workers))));
    const firsts = Array.from({ length: Math.ceil(places.length / atOnce) }, (_, i) => i * atOnce);
    await Promise.all(firsts.map(async (first) => {
      const part = places.slice(first, first + atOnce);
      take(await new Promise<Decoded>((done, failed) => this.#waiting.push({ places: part, done, failed }) && this.#assign()), first);
    }));
  }

  /** Ends the threads; what is still asked of them fails. */
  async close(): Promise<void> {
    this.#closed = true;
    const tasks = [...this.#waiting.splice(0), ...this.#busy.values()];
    const workers = [...this.#idle.splice(0), ...this.#busy.keys()];
    this.#busy.clear();
    for (const { failed } of tasks) failed(new IdganError("INTERNAL", "The data was closed while pictures were decoded."));
    await Promise.all(workers.map((worker) => worker.terminate()));
    await this.#own?.last;
    await this.#own?.decoder.close();
  }

  /** One after the other, as a thread would. */
  async #decodeHere(places: readonly PicturePlace[]): Promise<Decoded> {
    const own = (this.#own ??= { decoder: new Decoder(this.#preparation), last: Promise.resolve() });
    const decoded = own.last.then(() => own.decoder.decode(places));
    own.last = decoded.catch(() => undefined);
    return await decoded;
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const worker = this.#idle.pop() ?? (this.#busy.size < this.#workers ? this.#start() : undefined);
      if (worker === undefined) return;
      const task = this.#waiting.shift() as Task;
      this.#busy.set(worker, task);
      // An idle thread keeps no program alive that forgets to close its data; a busy one does.
      worker.ref();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
      worker.postMessage(task.places);
    }
  }

  #start(): Worker {
    const worker = new Worker(new URL("./decoding-thread.js", import.meta.url), { workerData: this.#preparation });
    worker.on("message", (message: Decoded | { readonly failure: string }) => {
      const task = this.#busy.get(worker);
      this.#busy.delete(worker);
      if (this.#closed) return;
      this.#idle.push(worker);
      worker.unref();
      if ("failure" in message) task?.failed(new IdganError("DATA_INVALID", `Pictures cannot be decoded: ${message.failure}.`));
      else task?.done(message);
      this.#assign();
    });
    const ended = (reason: string): void => {
      const task = this.#busy.get(worker);
      this.#busy.delete(worker);
      const place = this.#idle.indexOf(worker);
      if (place >= 0) this.#idle.splice(place, 1);
      task?.failed(new IdganError("DATA_INVALID", `A thread that decodes pictures ended (${reason}), at one of ${task.places.map(({ name }) => name).join(", ")}. Remove the picture, or set \`workers\` to 0 to see more.`));
      // Others may wait for this thread.
      if (!this.#closed) this.#assign();
    };
    worker.on("error", (error) => ended(messageOf(error)));
    worker.on("exit", (code) => ended(`exit code ${code}`));
    return worker;
  }
}
