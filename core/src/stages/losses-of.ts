/** Scalars of a step's outputs as numbers. */
export function lossesOf(outputs: Readonly<Record<string, Float32Array>>): Record<string, number> {
  return Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, values[0]!]));
}
