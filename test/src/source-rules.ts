import { basename } from "node:path";
import { commentsOf, folderOf, packageNameOf, resolveImport, type Import, type Source, type WorkspacePackage } from "./source-tree.js";

/** What the rules look at. */
export interface SourceTree {
  readonly sources: readonly Source[];
  readonly packages: readonly WorkspacePackage[];
}

/** A rule of the house: its faults, each naming the file. */
export interface Rule {
  readonly title: string;
  faults(tree: SourceTree): readonly string[];
}

/** Rooms of the house, from the bottom up; a package imports from rooms below its own. */
const rooms: readonly RegExp[] = [/^core$/, /^plugins\//, /^presets$/, /^test(\/kit)?$/];

/** Floors inside core, from the bottom up; `index.ts` and tests stand outside. */
const floors: readonly RegExp[] = [
  /^core\/src\/contract\//,
  /^core\/src\/data\//,
  /^core\/src\/ops\//,
  /^core\/src\/trace\//,
  /^core\/src\/(hooks|plugin|attribute)\.ts$/,
  /^core\/src\/config\//,
  /^core\/src\/stages\//,
  /^core\/src\/run\//,
  /^core\/src\/cli\//,
];

/** Who alone may import a package, types too. */
const keepers: readonly { readonly specifier: string; readonly keeper: RegExp }[] = [
  { specifier: "convict", keeper: /^core\/src\/config\// },
  { specifier: "tapable", keeper: /^core\/src\/(hooks|attribute)(\.test)?\.ts$/ },
  { specifier: "commander", keeper: /^core\/src\/cli\// },
  { specifier: "onnxruntime-node", keeper: /^plugins\/engine-onnx\/src\/runtime\.ts$/ },
  { specifier: "@tensorflow/tfjs-node", keeper: /^plugins\/engine-tensorflow\// },
  { specifier: "@tensorflow/tfjs-node-gpu", keeper: /^plugins\/engine-tensorflow\// },
  { specifier: "sharp", keeper: /^plugins\/(data-images|data-arrays|sprites)\// },
];

/** Files whose subject is others' random numbers. */
const randomOnPurpose = /^core\/src\/trace\/(random-guard|.*\.test)\.ts$|^test\/kit\/src\/broken\/|^test\/kit\/src\/surroundings\.ts$/;

export const sourceRules: readonly Rule[] = [
  {
    title: "a package imports only from rooms below its own: test → presets → plugins → core",
    faults: ({ sources, packages }) =>
      everyImport(sources, (source, { specifier }) => {
        const target = packages.find(({ manifest }) => manifest.name === packageNameOf(specifier));
        return target !== undefined && !mayUse(folderOf(source.path), target.folder);
      }),
  },
  {
    title: "a package depends only on packages of rooms below its own",
    faults: ({ packages }) =>
      packages.flatMap(({ folder, manifest }) =>
        [...allDependencies(manifest)]
          .filter((name) => packages.some((other) => other.manifest.name === name && !mayUse(folder, other.folder)))
          .map((name) => `${folder}/package.json depends on ${name}`),
      ),
  },
  {
    title: "presets and the conformance kit import no plugin, whatever they name",
    faults: ({ sources, packages }) =>
      everyImport(
        sources.filter(({ path }) => /^(presets|test\/kit)\//.test(path)),
        (_, { specifier }) => packages.some(({ folder, manifest }) => folder.startsWith("plugins/") && manifest.name === packageNameOf(specifier)),
      ),
  },
  {
    title: "inside core an import never turns back: contract ← data ← ops ← trace ← hooks, plugin ← config ← stages ← run ← cli",
    faults: ({ sources }) =>
      everyImport(
        sources.filter(({ path, isTest }) => !isTest && floorOf(path) >= 0),
        (source, { specifier }) => specifier.startsWith(".") && floorOf(resolveImport(source.path, specifier)) > floorOf(source.path),
      ),
  },
  {
    title: "every file of core stands on a floor",
    faults: ({ sources }) =>
      sources.filter(({ path }) => path.startsWith("core/src/") && path !== "core/src/index.ts" && floorOf(path.replace(".test.ts", ".ts")) < 0).map(({ path }) => path),
  },
  {
    title: "a relative import stays inside its package's src",
    faults: ({ sources }) =>
      everyImport(
        sources,
        (source, { specifier }) => specifier.startsWith(".") && !resolveImport(source.path, specifier).startsWith(`${folderOf(source.path)}/src/`),
      ),
  },
  {
    title: "every package that a source imports is declared, and not only for development",
    faults: ({ sources, packages }) =>
      everyImport(sources, (source, { specifier }) => {
        const name = packageNameOf(specifier);
        const owner = packages.find(({ folder }) => folder === folderOf(source.path));
        if (name === undefined || owner === undefined || name === owner.manifest.name) return false;
        const { devDependencies, ...shipped } = owner.manifest;
        const isPrivate = owner.manifest.private === true;
        return !allDependencies(source.isTest || isPrivate ? { ...shipped, ...(devDependencies && { devDependencies }) } : shipped).has(name);
      }),
  },
  ...keepers.map(
    ({ specifier, keeper }): Rule => ({
      title: `only ${keeper.source} sees ${specifier}`,
      faults: ({ sources }) => everyImport(sources, (source, found) => packageNameOf(found.specifier) === specifier && !keeper.test(source.path)),
    }),
  ),
  {
    title: "only one file sees tsyringe's container",
    faults: ({ sources }) => {
      const seers = sources.filter(({ imports }) => imports.some(({ specifier, clause }) => specifier === "tsyringe" && /\bcontainer\b|\*/.test(clause)));
      return seers.slice(1).map(({ path }) => `${path} sees the container, as ${seers[0]?.path} does`);
    },
  },
  {
    title: "reflect-metadata is imported at most once, and wherever tsyringe is used",
    faults: ({ sources }) => {
      const shipped = sources.filter(({ isTest }) => !isTest);
      const importers = shipped.filter((source) => sees(source, "reflect-metadata"));
      const needed = shipped.some((source) => sees(source, "tsyringe"));
      if (needed && importers.length === 0) return ["tsyringe is used, and nothing imports reflect-metadata"];
      return importers.slice(1).map(({ path }) => `${path} imports reflect-metadata, as ${importers[0]?.path} does`);
    },
  },
  {
    title: "nothing draws random numbers but the named streams",
    faults: ({ sources }) =>
      sources
        .filter(({ path, code }) => !randomOnPurpose.test(path) && /\bMath\.random\b|\btf\.(random\w+|rand|truncatedNormal|multinomial|dropout)\s*\(/.test(code))
        .map(({ path }) => path),
  },
  {
    title: "a file is at most 250 lines long",
    faults: ({ sources }) =>
      sources
        .filter(({ isTest, text }) => !isTest && text.trimEnd().split("\n").length > 250)
        .map(({ path, text }) => `${path}: ${text.trimEnd().split("\n").length} lines`),
  },
  {
    title: "a file is named in kebab-case after the one thing it holds",
    faults: ({ sources }) =>
      sources.map(({ path }) => path).filter((path) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test(\.[a-z]+)?)?\.(ts|js|mjs)$/.test(basename(path)) || /(^|-)(utils?|helpers?|commons?|types|misc|managers?)(-|\.)/.test(basename(path))),
  },
  {
    title: "only plugins and configs have a default export",
    faults: ({ sources }) =>
      sources
        .filter(({ path, isTest, code }) => !isTest && /^\s*export default\b/m.test(code) && !/^plugins\/[^/]+\/src\/index\.ts$|^presets\/src\//.test(path))
        .map(({ path }) => path),
  },
  { title: "there are no enums", faults: ({ sources }) => sources.filter(({ code }) => /^\s*(export )?(declare )?(const )?enum\b/m.test(code)).map(({ path }) => path) },
  {
    title: "no comment promises work",
    faults: ({ sources }) => sources.filter((source) => commentsOf(source).some((comment) => /\b(TODO|FIXME|XXX|HACK)\b/.test(comment))).map(({ path }) => path),
  },
];

/** Tests may use everything; every other package only what lies in a lower room. */
function mayUse(from: string, to: string): boolean {
  if (from === to || from === "test") return true;
  return roomOf(to) < roomOf(from);
}

function roomOf(folder: string): number {
  return rooms.findIndex((room) => room.test(folder));
}

function floorOf(path: string): number {
  return floors.findIndex((floor) => floor.test(path));
}

function sees(source: Source, name: string): boolean {
  return source.imports.some(({ specifier }) => packageNameOf(specifier) === name);
}

function everyImport(sources: readonly Source[], isFault: (source: Source, found: Import) => boolean): readonly string[] {
  return sources.flatMap((source) => source.imports.filter((found) => isFault(source, found)).map(({ specifier }) => `${source.path} imports ${specifier}`));
}

function allDependencies(manifest: WorkspacePackage["manifest"]): ReadonlySet<string> {
  return new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies, ...manifest.devDependencies }));
}
