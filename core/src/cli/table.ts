import type { KeyDescription } from "../config/schema.js";

/** Rows under one another, each column as wide as its widest cell; the last column is not padded. */
export function renderTable(rows: readonly (readonly string[])[], indent = ""): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows.map((row) => `${indent}${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join("  ")}`.trimEnd()).join("\n");
}

/** Keys or options: name, default, what is accepted, and then what it means on a line of its own. */
export function renderKeys(keys: readonly KeyDescription[], indent = ""): string {
  const table = renderTable(keys.map((each) => [each.key, each.default === undefined ? "(required)" : JSON.stringify(each.default), each.expected]), indent);
  return table.split("\n").map((line, index) => `${line}\n${indent}    ${keys[index]?.doc ?? ""}`).join("\n");
}
