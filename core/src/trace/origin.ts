const stack: string[] = [];

/** Runs `body` so that an error in a traced step can name who called the op: `generatorLoss of @idgan/plugin-dcgan`. */
export function withOrigin<Result>(origin: string, body: () => Result): Result {
  stack.push(origin);
  try {
    return body();
  } finally {
    stack.pop();
  }
}

/** The innermost origin, or `the step` outside of any. */
export function currentOrigin(): string {
  return stack.at(-1) ?? "the step";
}
