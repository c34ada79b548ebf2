import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { readPackages, root } from "../source-tree.js";

/** A Markdown file, by its path from the root. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  /** Where its first line stands, counted from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

/** Everything that a reader is shown: the pages of the top level, of docs, and of every package. */
export function readPages(): readonly Page[] {
  const folders = [".", ...readPackages().map(({ folder }) => folder)];
  const beside = folders.flatMap((folder) => readdirSync(join(root, folder)).filter((name) => name.endsWith(".md")).map((name) => join(folder, name)));
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md")).map((name) => join("docs", name));
  return [...new Set([...beside, ...docs])].toSorted().map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

export function blocksOf({ path, text }: Page): readonly Block[] {
  return [...text.matchAll(/^```(\w*)[^\n]*\n([^]*?)^```$/gm)].map(({ index, 1: language = "", 2: body = "" }) => ({
    page: path,
    line: text.slice(0, index).split("\n").length + 1,
    language,
    text: body,
  }));
}

/** Lines that stand in code of any form: fenced, indented by four, or between single marks. */
export function codeOf(page: Page): readonly string[] {
  const prose = withoutBlocks(page.text);
  const indented = [...prose.matchAll(/^ {4}(\S.*)$/gm)].map(([, line = ""]) => line);
  const inline = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
  return [...blocksOf(page).flatMap(({ text }) => text.split("\n")), ...indented, ...inline];
}

/** Links of a page that lead to nothing: a file that does not exist, or a heading that its page has not. */
export function brokenLinks(page: Page): readonly string[] {
  const targets = [...withoutCode(page.text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(page.path, target)).map((target) => `${page.path} -> ${target}`);
}

function leadsSomewhere(from: string, target: string): boolean {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? from : relative(root, join(root, dirname(from), path));
  if (!existsSync(join(root, file))) return false;
  return anchor === undefined || (file.endsWith(".md") && anchorsOf(readFileSync(join(root, file), "utf8")).has(anchor));
}

/** As GitHub makes them of headings, and those that stand in `id`. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, "").trim().replaceAll(" ", "-"),
  );
  return new Set([...headings, ...[...text.matchAll(/\bid="([^"]+)"/g)].map(([, id = ""]) => id)]);
}

function withoutBlocks(text: string): string {
  return text.replaceAll(/^```[^]*?^```$/gm, "");
}

function withoutCode(text: string): string {
  return withoutBlocks(text).replaceAll(/`[^`\n]*`/g, "");
}
