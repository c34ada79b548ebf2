import type { KeyDescription } from "@idgan/core";

/** A table of Markdown; cells are Markdown, too. */
export function renderTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return [headings, headings.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");
}

/** Keys or options as rows: name, default, what is accepted, meaning. */
export function renderKeys(keys: readonly KeyDescription[], title: string): string {
  const rows = keys.map(({ key, default: fallback, expected, doc }) => [`\`${key}\``, fallback === undefined ? "(required)" : `\`${JSON.stringify(fallback)}\``, expected, doc]);
  return renderTable([title, "default", "takes", "meaning"], rows);
}

/** A bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
