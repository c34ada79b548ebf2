import { describeSchema, type KeyDescription } from "@idgan/core";
import { renderKeys } from "./table.js";

const introduction = `# Config

Every key of a run. A config is the default export of \`idgan.config.js\`, best made with \`defineConfig\`, or a \`.json\` file; it says what differs from
its presets, and \`idgan config <config>\` prints what comes out. Keys that nothing declares are errors.

Layers are laid over one another, the last one wins: defaults, the presets in their order, the config, environment variables, flags. Objects merge;
lists and single values replace, and so does an option that takes an object: it is one value. The last layer that names a plugin for a slot wins, and options that were written for a replaced plugin fall with it.

- On the command line a key is set with \`--set key=value\`; the value is JSON, or else text: \`--set vae.options.beta=8\`.
- In the environment \`vae.latentDim\` is \`IDGAN_VAE__LATENT_DIM\`: two underscores between levels, one between words.
- A relative path starts at the folder of the config that wrote it, and at the working directory where a flag, a variable or an installed preset did.

Two keys more stand in a config file alone, beside the data: \`presets\`, a list of names or paths to build on, and \`plugins\`, plugin objects that \`use\` then
finds by their names. In \`use\` a plugin object may stand itself; see [code beside data](../decisions/code-beside-data.md).

The \`options\` of \`data\`, \`vae\`, \`gan\`, \`engine\` and of each tap are those of the plugin: [plugins](plugins.md).

This page is made from \`describeSchema()\` of @idgan/core by \`node test/docs/write-reference.mjs\`.
`;

/** What the sections are about; a key without a dot belongs to the first. */
const sections: Readonly<Record<string, string>> = {
  run: "The run",
  data: "`data`: the images",
  vae: "`vae`: stage 1's networks",
  gan: "`gan`: stage 2's networks",
  engine: "`engine`: what computes",
  represent: "`represent`: stage 1",
  encoder: "`encoder`: an earlier stage 1",
  synthesise: "`synthesise`: stage 2",
  record: "`record`: what is written down",
};

/** The text of `docs/reference/config.md`. */
export function renderConfigPage(): string {
  const keys = describeSchema();
  const names = [...new Set(keys.map(sectionOf))];
  const parts = names.map((section) => {
    const title = sections[section] ?? `\`${section}\``;
    return `\n## ${title}\n\n${renderKeys(keys.filter((key) => sectionOf(key) === section), "key")}\n`;
  });
  return introduction + parts.join("");
}

function sectionOf({ key }: KeyDescription): string {
  return key.includes(".") ? key.slice(0, key.indexOf(".")) : "run";
}
