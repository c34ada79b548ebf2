import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../contract/error.js";
import { currentOrigin } from "./origin.js";

// tfjs draws random numbers in JavaScript, without a kernel, and seeded ones without Math.random. But each op runs in a scope of its name.
const randomOps = new Set(
  ["randomNormal", "randomStandardNormal", "randomUniform", "randomUniformInt", "randomGamma", "truncatedNormal", "dropout", "multinomial", "rand"].map(
    (op) => `${op}__op`,
  ),
);

/** The random op of tfjs that is running now, such as `tf.randomNormal`. */
export function randomOpInScope(): string | undefined {
  const scope = tf.engine().state.scopeStack.find(({ name }) => randomOps.has(name));
  return scope && `tf.${scope.name.replace("__op", "")}`;
}

/** Runs `body` while `Math.random` throws what `refuse` makes of its caller's name. */
export function withoutRandom<Result>(refuse: (caller: string) => Error, body: () => Result): Result {
  const random = Math.random;
  Math.random = () => {
    throw refuse(randomOpInScope() ?? "Math.random");
  };
  try {
    return body();
  } finally {
    Math.random = random;
  }
}

export function randomError(op: string): IdganError {
  return new IdganError(
    "TRACE_RANDOM",
    `${op} was called by ${currentOrigin()}: every update would see the same numbers. Declare the noise in the backbone's \`noise\` and use \`step.noise\`. A tap, which can declare none, uses what the backbone declared, or a plugin that wraps the backbone and declares more.`,
  );
}
