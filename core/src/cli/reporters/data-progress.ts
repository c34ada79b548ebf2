import { formatCount } from "./progress-line.js";

/** Ten redraws a second are all that an eye can follow. */
const redrawMs = 100;

/** A line that is redrawn in place while data is read, and gone at the end; nothing where standard error is no terminal. */
export function progressOn(stream: Pick<NodeJS.WriteStream, "isTTY" | "write">, what: string): { show(done: number, count: number): void; end(): void } {
  const start = performance.now();
  let drawnAt = start;
  const visible = stream.isTTY && process.env["TERM"] !== "dumb";
  return {
    show(done, count) {
      const now = performance.now();
      if (!visible || now - drawnAt < redrawMs) return;
      drawnAt = now;
      stream.write(`\r\x1b[J${what}  ${done}/${count}  ${formatCount((1000 * done) / (now - start))} images/s`);
    },
    end() {
      if (visible) stream.write("\r\x1b[J");
    },
  };
}
