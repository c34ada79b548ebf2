/** A check of one value; it throws an `Error` that says what was expected. Formats ready for use: `positive`, `integer`, `oneOf`, … */
export interface Format<T> {
  (value: unknown): asserts value is T;
  /** What is accepted, for messages and tables: `a number above 0`. */
  readonly expected: string;
}

/** One documented option of a plugin. */
export interface Option<T> {
  /** One sentence, with the paper where there is one. */
  readonly doc: string;
  readonly format: Format<T>;
  /** `undefined` means that the user must choose: for a value with no honest default. */
  readonly default: NoInfer<T> | undefined;
}

export type Options<O> = { readonly [K in keyof O]: Option<O[K]> };

/**
 * The identity, typed: infers the options from their formats. `definePlugin` infers them too, but TypeScript looks no further there
 * than at formats that are not calls: with `oneOf(...)` and its like, write `options: defineOptions({ ... })`, or name the options' type.
 */
export function defineOptions<O>(options: Options<O>): Options<O> {
  return options;
}
