/** One line of JSON; a number that JSON has no word for becomes a string, such as "NaN", where `JSON.stringify` would write null. */
export function jsonLine(value: object): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === "number" && !Number.isFinite(item) ? String(item) : item));
}
