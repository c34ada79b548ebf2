import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createHooks, type Hooks } from "@idgan/core";
import { root } from "../source-tree.js";
import { renderTable } from "./table.js";

const introduction = `# Hooks

A tap plugin adds to a run through these ten hooks, and through nothing else: \`apply: (hooks, options) => hooks.afterStep.tap("my-name", (result) => { … })\`.
The first argument names the tap in errors. How to write a loss: [write a loss](../guides/write-a-loss.md).

This page is made from \`createHooks()\` of @idgan/core and the sources of what hooks get, by \`node test/docs/write-reference.mjs\`.
`;

const kinds = `
- \`AsyncSeriesHook\`: tap it with \`tap\` or, for what takes time, \`tapPromise\`; the run waits, one tap after the other. A promise from \`tap\` is refused (\`TAP_INVALID\`), and so is \`tapAsync\`.
- \`SyncHook\`: tap it with \`tap\`. It is called in every update, so it must be quick.
- \`SyncWaterfallHook\`: tap it with \`tap\` and return the terms, changed or not; the next tap gets what you return. A tap that returns nothing is refused (\`TAP_INVALID\`).

Whatever a tap throws stops the run as \`HOOK_FAILED\`, with the names of tap and hook; an \`IdganError\` keeps its own code.
The three loss hooks are part of the training step: with an engine that compiles, they run once, when the step is traced, after \`beforeStage\`, and not in every update.
`;

interface HookDescription {
  readonly when: string;
  /** What a tap is handed, by interface or type. */
  readonly gets: readonly string[];
}

const descriptions: Readonly<Record<keyof Hooks, HookDescription>> = {
  beforeRun: { when: "Once, when engine, data, networks and run directory are there, before anything is trained.", gets: ["RunInfo"] },
  beforeStage: { when: "Before the first update of a stage, new or resumed. Not for a stage that is already trained.", gets: ["StageInfo"] },
  vaeLoss: { when: "In each update of stage 1, on the backbone's terms.", gets: ["LossTerm[]", "VaeStep"] },
  discriminatorLoss: { when: "In each update of stage 2, on the backbone's terms and `r1`.", gets: ["LossTerm[]", "DiscriminatorStep"] },
  generatorLoss: { when: "In each update of stage 2, on the backbone's terms and `id`.", gets: ["LossTerm[]", "GeneratorStep"] },
  afterStep: { when: "After each update.", gets: ["StepResult"] },
  checkpoint: { when: "After a checkpoint lies safely on disk.", gets: ["StepResult"] },
  encoderFrozen: { when: "Once, between the stages, also when stage 1 was trained earlier.", gets: ["FrozenEncoder"] },
  afterStage: { when: "After the last update of a stage and its checkpoint.", gets: ["StageInfo"] },
  afterRun: { when: "Once, when all is done. Not after a failure or an interruption.", gets: ["RunInfo"] },
};

/** Where what hooks get is declared. */
const sources = ["hooks", "contract/loss-term", "contract/vae-backbone", "contract/gan-backbone", "contract/encoder"] as const;

/** The text of `docs/reference/hooks.md`. */
export function renderHookPage(): string {
  const hooks = createHooks();
  const names = Object.keys(hooks) as (keyof Hooks)[];
  const rows = names.map((name) => [`\`${name}\``, `\`${kindOf(hooks[name])}\``, descriptions[name].when, descriptions[name].gets.map((type) => `\`${type}\``).join(", ")]);
  const types = new Set(names.flatMap((name) => descriptions[name].gets.map((type) => type.replace("[]", ""))));
  return `${introduction}\n${renderTable(["hook", "kind", "when", "gets"], rows)}\n${kinds}\n## What taps get\n\n\`\`\`ts\n${[...types].map(declarationOf).join("\n\n")}\n\`\`\`\n`;
}

/** The declaration as it stands in core, comments and all. */
function declarationOf(type: string): string {
  for (const source of sources) {
    const text = readFileSync(join(root, "core/src", `${source}.ts`), "utf8");
    const found = new RegExp(`(?:^/\\*\\*(?:(?!\\*/)[^])*\\*/\\n)?^export interface ${type}\\b[^]*?^}`, "m").exec(text);
    if (found) return found[0];
  }
  throw new Error(`No interface ${type} in ${sources.join(", ")}.`);
}

function kindOf(hook: object): string {
  return hook.constructor.name;
}
