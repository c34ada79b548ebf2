import { realpath } from "node:fs/promises";
import { basename, isAbsolute, join, relative, resolve, sep } from "node:path";
import { chooseDataset, findDatasets, inspectData, type PluginInspection, type ShelvedDataset } from "../../config/data-shelf.js";
import { IdganError } from "../../contract/error.js";
import { samplesPicture } from "../../run/pictures/samples-picture.js";
import { writePng } from "../../run/pictures/png.js";
import { preparePicturePath } from "../../run/picture-path.js";
import { orJsonFailure } from "../json-failure.js";
import { counted } from "../counted.js";
import { quoted } from "../quoted.js";
import { renderTable } from "../table.js";
import { prune, showCached } from "./data-cache.js";
import { progressOn } from "../reporters/data-progress.js";

export interface DataOptions {
  readonly from?: string;
  readonly out?: string;
  readonly size?: number;
  readonly unused?: number;
  readonly json?: boolean;
}

/** The options that mean something to each action. */
const taken: Readonly<Record<string, readonly string[]>> = { list: ["json"], inspect: ["out", "json"], prepare: ["from", "out", "size"], cached: ["json"], prune: ["unused", "json"] };

/** Broken images that are named; more are counted. */
const mostNamed = 20;
const shown = 64;
const side = 96;

/** `idgan data list`, `idgan data inspect <path>`, `idgan data prepare <name> --from <path>`, `idgan data cached`, `idgan data prune --unused <days>`. */
export async function runData(action: string, subject: string | undefined, options: DataOptions): Promise<void> {
  await orJsonFailure(options.json ?? false, async () => await runAction(action, subject, options));
}

async function runAction(action: string, subject: string | undefined, options: DataOptions): Promise<void> {
  const idle = Object.keys(options).find((option) => taken[action]?.includes(option) === false);
  if (idle !== undefined) throw new IdganError("USAGE", `data ${action}: --${idle} means nothing there. Leave it out; idgan data --help says what it is for.`);
  if (action === "list" && subject !== undefined) throw new IdganError("USAGE", `data list: ${subject} means nothing there, for it lists everything that is known by name. Leave it out, or write idgan data inspect ${subject}.`);
  if (action === "list") await list(options.json ?? false);
  else if (action === "inspect") await inspect(wanted(subject, "inspect", "path"), options);
  else if (action === "cached") await showCached(subject, options);
  else if (action === "prune") await prune(subject, options);
  else await prepare(wanted(subject, "prepare", "name"), options);
}

function wanted(subject: string | undefined, action: string, what: string): string {
  if (subject !== undefined) return subject;
  throw new IdganError("USAGE", `data ${action}: no ${what} was named. Write idgan data ${action} <${what}>, or idgan data list for the data sets that are known by name.`);
}

async function list(json: boolean): Promise<void> {
  const shelf = await findDatasets(process.cwd());
  const facts = shelf.map(({ plugin, dataset }) => ({ ...dataset, prepare: undefined, plugin }));
  process.stdout.write(json ? `${JSON.stringify(facts, null, 2)}\n` : `${shelf.map(describe).join("\n\n")}\n`);
}

function describe({ plugin, dataset }: ShelvedDataset): string {
  const rows = [
    ["licence", dataset.licence],
    ["from", dataset.source],
    ["fetch", dataset.wants],
    ["prepare", dataset.preparation],
    ["hash", dataset.hash ?? "not known"],
    ["plugin", plugin],
  ];
  return `${dataset.name}  ${dataset.title}, ${counted(dataset.images, "image")}\n${renderTable(rows, "  ")}`;
}

async function inspect(path: string, { out, json = false }: DataOptions): Promise<void> {
  const sheet = out ?? (await sheetOf(resolve(path)));
  await preparePicturePath(sheet);
  const progress = progressOn(process.stderr, "look");
  const found = await inspectData({ path: resolve(path), shown, side, progress: progress.show }, process.cwd()).finally(progress.end);
  const pictures = found.flatMap(({ inspection }) => inspection.pictures).slice(0, shown);
  if (pictures.length > 0) await writePng(sheet, samplesPicture(pictures.map((pixels) => ({ width: side, height: side, channels: 3, pixels }))));
  if (json) process.stdout.write(`${JSON.stringify(found.map(({ plugin, inspection }) => ({ plugin, ...inspection, pictures: undefined })), null, 2)}\n`);
  else process.stdout.write(`${found.map(report).join("\n\n")}\n`);
  if (pictures.length > 0) process.stderr.write(`contact sheet ${sheet}\n`);
}

/** In the working directory; beside what is looked at where that holds the working directory, or the sheet would be one of its pictures the next time. */
async function sheetOf(path: string): Promise<string> {
  const [folder, here] = [await realpath(path).catch(() => path), process.cwd()];
  const way = relative(folder, here);
  const isInside = way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  return isInside ? `${folder}.contact.png` : `${basename(path)}.contact.png`;
}

function report({ plugin, inspection: { format, images, sizes, broken, notes } }: PluginInspection): string {
  const rows = [
    ["plugin", plugin],
    ["format", format],
    ["images", String(images)],
    ...sizes.slice(0, mostNamed).map(({ width, height, channels, count }, i) => [i === 0 ? "sizes" : "", `${count} of ${width}x${height}, ${channels} ${channels === 1 ? "channel" : "channels"}`]),
    ...(sizes.length > mostNamed ? [["", `and ${sizes.length - mostNamed} more sizes`]] : []),
    ["broken", broken.length === 0 ? "none" : String(broken.length)],
    ...broken.slice(0, mostNamed).map((each) => ["", each]),
    ...(broken.length > mostNamed ? [["", `and ${broken.length - mostNamed} more`]] : []),
    ...notes.map((note) => ["note", note]),
  ];
  return renderTable(rows);
}

async function prepare(name: string, { from, out, size }: DataOptions): Promise<void> {
  const { dataset } = chooseDataset(await findDatasets(process.cwd()), name);
  if (from === undefined) {
    throw new IdganError("USAGE", `data prepare ${name}: say where it is with --from. Fetch ${dataset.wants} from ${dataset.source} (licence: ${dataset.licence}).`);
  }
  if (dataset.usedAsIs === true && (out !== undefined || size !== undefined)) {
    throw new IdganError("USAGE", `data prepare ${name}: --${out === undefined ? "size" : "out"} means nothing there, for ${dataset.title} is used as it was fetched. Leave it out.`);
  }
  const progress = progressOn(process.stderr, "prepare");
  const folder = resolve(out ?? join("data", name));
  const { images, notes, settings } = await dataset.prepare({ from: resolve(from), out: folder, size, progress: progress.show }).finally(progress.end);
  for (const note of notes.slice(0, mostNamed)) process.stderr.write(`${note}\n`);
  if (notes.length > mostNamed) process.stderr.write(`and ${notes.length - mostNamed} more notes\n`);
  if (images !== dataset.images) process.stderr.write(`warning: ${dataset.title} has ${counted(dataset.images, "image")}, and ${images} ${images === 1 ? "is" : "are"} prepared\n`);
  process.stdout.write(`${counted(images, "image")} of ${dataset.title} ${images === 1 ? "is" : "are"} ready. Use them with:\n${Object.entries(settings).map(([key, value]) => `  --set ${quoted(`${key}=${value}`)}`).join(" \\\n")}\n`);
}
