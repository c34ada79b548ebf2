import { availableParallelism } from "node:os";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { errorCodes, IdganError, messageOf, type ErrorCode } from "@idgan/core";

/** What a worker sends back; errors by parts, because a copy of an error loses its code. */
type Reply<Result> = { readonly result: Result } | { readonly failure: { readonly message: string; readonly code: string | undefined } };

/**
 * Results of `tasks` in their order, from threads that run the module `entry`, which calls {@link serve}. `shared` is copied to each thread once.
 * Tasks are begun in their order, so put long ones first. The first error ends all threads.
 */
export async function mapInWorkers<Shared, Task, Result>(entry: URL, shared: Shared, tasks: readonly Task[], threads = availableParallelism()): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = tasks.entries();
  const workers = Array.from({ length: Math.min(Math.max(1, threads), tasks.length) }, () => new Worker(entry, { workerData: shared }));
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (const [place, task] of waiting) { // one iterator for all: each takes the next task that nobody has
          results[place] = await ask<Task, Result>(worker, task);
        }
      }),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return results;
}

/** In a worker's module: answers every task with `open(shared)(task)`. */
export function serve<Shared, Task, Result>(open: (shared: Shared) => (task: Task) => Result): void {
  const run = open(workerData as Shared);
  parentPort?.on("message", (task: Task) => parentPort?.postMessage(answer(run, task), []));
}

function answer<Task, Result>(run: (task: Task) => Result, task: Task): Reply<Result> {
  try {
    return { result: run(task) };
  } catch (thrown) {
    return { failure: { message: messageOf(thrown), code: thrown instanceof IdganError ? thrown.code : undefined } };
  }
}

function ask<Task, Result>(worker: Worker, task: Task): Promise<Result> {
  return new Promise((resolve, reject) => {
    const end = (code: number): void => reject(new IdganError("INTERNAL", `A thread ended with code ${code} before its task.`));
    worker.once("error", reject);
    worker.once("exit", end);
    worker.once("message", (reply: Reply<Result>) => {
      worker.off("error", reject);
      worker.off("exit", end);
      if ("result" in reply) {
        resolve(reply.result);
      } else {
        const { code, message } = reply.failure;
        reject(new IdganError(isErrorCode(code) ? code : "INTERNAL", message));
      }
    });
    worker.postMessage(task, []);
  });
}

function isErrorCode(code: string | undefined): code is ErrorCode {
  return code !== undefined && Object.hasOwn(errorCodes, code);
}
