import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, type Manifest, type WorkspacePackage } from "./source-tree.js";

/** What every package of the workspace owes its users; the faults of one package. */
export interface PackageRule {
  readonly title: string;
  faults(pkg: WorkspacePackage, packages: readonly WorkspacePackage[]): readonly string[];
}

export const packageRules: readonly PackageRule[] = [
  { title: "has a README that begins with its name", faults: readmeFaults },
  { title: "is licensed under Apache-2.0", faults: ({ manifest }) => unless(manifest.license === "Apache-2.0", `license is ${manifest.license}`) },
  {
    title: "is an ES module for Node 20.19 and newer",
    faults: ({ manifest }) => [
      ...unless(manifest.type === "module", `type is ${manifest.type}`),
      ...unless(manifest.engines?.["node"]?.includes("20.19") === true, `engines.node is ${manifest.engines?.["node"]}`),
    ],
  },
  {
    title: "exports its types and its code, and packs the built output without tests",
    faults: ({ folder, manifest }) => {
      const isData = folder === "presets";
      if (manifest.private === true) return [];
      if (isData) return unless(Object.keys(manifest.exports ?? {}).length > 1 && manifest.files !== undefined, "exports no data");
      const main = manifest.exports?.["."] as { readonly types?: string; readonly default?: string } | undefined;
      return [
        ...unless(main?.types?.endsWith(".d.ts") === true, "exports no types"),
        ...unless(main?.default?.endsWith(".js") === true, "exports no default"),
        ...unless(main !== undefined && Object.keys(main)[0] === "types", `"types" must be the first condition`),
        ...unless(manifest.files?.includes("dist") === true, "files does not name dist"),
        ...unless(manifest.files?.includes("!dist/**/*.test.*") === true, "files lets tests through"),
      ];
    },
  },
  {
    title: "carries the keyword that its kind is found by",
    faults: ({ folder, manifest }) => unless(!folder.startsWith("plugins/") || manifest.keywords?.includes("idgan-plugin") === true, "keywords lacks idgan-plugin"),
  },
  {
    title: "takes core and tfjs from its user, so that there is one of each",
    faults: ({ folder, manifest }) => {
      const shared = ["@tensorflow/tfjs", ...(folder === "core" ? [] : ["@idgan/core"])];
      return shared.filter((name) => manifest.dependencies?.[name] !== undefined).map((name) => `${name} is a dependency; make it a peer`);
    },
  },
  {
    title: "takes versions from the catalog and packages of the workspace as workspace:^",
    faults: ({ manifest }, packages) =>
      Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies, ...manifest.devDependencies })
        .filter(([name, range]) => range !== (packages.some((other) => other.manifest.name === name) ? "workspace:^" : "catalog:"))
        .map(([name, range]) => `${name} is "${range}"`),
  },
  {
    title: "is built after what it depends on, but for presets, which name plugins and import none",
    faults: ({ folder, manifest }, packages) => {
      const tsconfig = join(folder, "tsconfig.json");
      const built = referencesOf("tsconfig.json");
      const references = new Set(referencesOf(tsconfig).map((path) => join(folder, path)));
      if (folder === "presets") return unless(built.includes(folder), "tsconfig.json of the workspace does not build it");
      const needed = packages.filter((other) => other.folder !== folder && dependsOn(manifest, other.manifest.name)).map((other) => other.folder);
      return [
        ...unless(built.includes(folder), "tsconfig.json of the workspace does not build it"),
        ...needed.filter((other) => !references.has(other)).map((other) => `its tsconfig.json does not refer to ${other}`),
      ];
    },
  },
];

function readmeFaults({ folder, manifest }: WorkspacePackage): readonly string[] {
  const path = join(root, folder, "README.md");
  if (!existsSync(path)) return ["has no README.md"];
  const [heading = ""] = readFileSync(path, "utf8").split("\n");
  return unless(heading.startsWith("# ") && heading.includes(manifest.name), `README.md begins with "${heading}"`);
}

function dependsOn(manifest: Manifest, name: string): boolean {
  return [manifest.dependencies, manifest.peerDependencies, manifest.devDependencies].some((group) => group?.[name] !== undefined);
}

function referencesOf(tsconfig: string): readonly string[] {
  const { references = [] } = JSON.parse(readFileSync(join(root, tsconfig), "utf8")) as { readonly references?: readonly { readonly path: string }[] };
  return references.map(({ path }) => path);
}

function unless(holds: boolean, fault: string): readonly string[] {
  return holds ? [] : [fault];
}
