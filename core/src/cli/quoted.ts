/** `word` as a shell takes it for one. */
export function quoted(word: string): string {
  if (process.platform === "win32") return /\s/.test(word) ? `"${word}"` : word;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
