import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs `body` with a signal that the first SIGINT, SIGTERM or SIGHUP aborts; a second SIGINT or SIGTERM ends the process at once. */
export async function interruptible<Result>(body: (signal: AbortSignal) => Promise<Result>, warn: (text: string) => void): Promise<Result> {
  const controller = new AbortController();
  const leave = listenForSignals(controller, () => warn("stopping: the run is saved after this update; a second signal ends it without saving"));
  try {
    return await body(controller.signal);
  } finally {
    leave();
  }
}

/** Lets the first SIGINT, SIGTERM or SIGHUP abort, and a second SIGINT or SIGTERM end the process; the result puts back what was before. */
export function listenForSignals(controller: AbortController, stopping: () => void): () => void {
  const listen = (name: (typeof signals)[number]): void => {
    if (controller.signal.aborted) {
      // A terminal that closes sends it more than once, the shell and the system each.
      if (name === "SIGHUP") return;
      process.exit(128 + constants.signals[name]);
    }
    controller.abort();
    stopping();
  };
  for (const name of signals) process.on(name, listen);
  return () => {
    for (const name of signals) process.off(name, listen);
  };
}
