import { errorCodes, exitCodes } from "@idgan/core";
import { renderTable } from "./table.js";

const introduction = `# Errors

Every error that a user can cause carries one of these codes, and a message that says what happened, where, and what to do.
The command \`idgan\` prints both and exits with the status in the second column; a program finds the code in \`error.code\` of an \`IdganError\`.

This page is made from \`core/src/contract/error-codes.ts\` by \`node test/docs/write-reference.mjs\`.
`;

/** The text of `docs/reference/errors.md`. */
export function renderErrorPage(): string {
  const codes = Object.entries(errorCodes).map(([code, { exit, meaning, remedy }]) => [`<a id="${code.toLowerCase()}"></a>\`${code}\``, String(exitCodes[exit]), meaning, remedy]);
  const kinds = Object.entries(exitCodes).map(([kind, status]) => [String(status), kind]);
  return [introduction, renderTable(["code", "exit status", "what it means", "what to do"], codes), "", "## Exit statuses", "", renderTable(["status", "kind"], kinds), ""].join("\n");
}
