import assert from "node:assert/strict";

/** Bytes, not numbers: 0 and -0 differ, and NaN equals itself. */
export function sameBytes(a: Float32Array, b: Float32Array): boolean {
  const bytes = (values: Float32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return bytes(a).equals(bytes(b));
}

export function allFinite(values: Float32Array): boolean {
  return values.every((value) => Number.isFinite(value));
}

export function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** Fails unless both hold the same names and the same bytes; `what` begins the message. */
export function assertSame(actual: ReadonlyMap<string, Float32Array>, expected: ReadonlyMap<string, Float32Array>, what: string): void {
  assert.deepEqual([...actual.keys()].sort(), [...expected.keys()].sort(), `${what}: the names differ.`);
  const differing = [...expected].filter(([name, values]) => !sameBytes(actual.get(name) ?? new Float32Array(), values)).map(([name]) => name);
  assert.deepEqual(differing, [], `${what}: ${differing.join(", ")} changed.`);
}

/** A record as a map. */
export function mapOf<Value>(record: Readonly<Record<string, Value>>): Map<string, Value> {
  return new Map(Object.entries(record));
}
