const makers = new WeakMap<object, string>();

/** Remembers which plugin made these parts of a model, so that what fails in a step can name it. */
export function madeBy(plugin: string, ...parts: readonly object[]): void {
  for (const part of parts) makers.set(part, plugin);
}

/** `the encoder of @idgan/plugin-betavae`; `the encoder` where nobody has said who made it. */
export function nameOf(what: string, part: object): string {
  const plugin = makers.get(part);
  return plugin === undefined ? what : `${what} of ${plugin}`;
}
