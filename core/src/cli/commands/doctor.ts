import { defaultOptions } from "../../config/default-options.js";
import { IdganError, messageOf } from "../../contract/error.js";
import { measureConvolutions, type Convolution, type Speed } from "../doctor/convolution-benchmark.js";
import { chooseEngine, findEngines, type EngineFinding } from "../doctor/engines.js";
import { describeMachine, type Machine } from "../doctor/machine.js";
import { costOfVaeUpdate, type UpdateCost } from "../doctor/update-cost.js";

/** What is measured when the preset that would say it is not installed: a middle layer of a 64x64 encoder. */
const standard: readonly Convolution[] = [{ x: [64, 32, 32, 32], filter: [4, 4, 32, 32], stride: 2 }];
const preset = "quickstart";
const seconds = 1;

/** The time of one VAE update: its convolutions and matrix products at the measured speed, and nothing else. */
interface Prediction extends Omit<UpdateCost, "convolutions"> {
  readonly milliseconds: number;
}

interface Diagnosis {
  readonly machine: Machine;
  readonly engines: readonly EngineFinding[];
  readonly measured?: Speed & { readonly engine: string; readonly description: string };
  readonly prediction?: Prediction;
  readonly notes: readonly string[];
}

/** `idgan doctor`: what runs here and how fast. @throws IdganError ENGINE_UNAVAILABLE when no engine does. */
export async function runDoctor({ engine, json = false }: { readonly engine?: string; readonly json?: boolean }): Promise<void> {
  const machine = await describeMachine();
  const engines = await findEngines(process.cwd());
  const notes: string[] = [];
  const cost = await costOfVaeUpdate(preset).catch((error: unknown) => void notes.push(`no prediction, because the preset ${preset} cannot be read: ${messageOf(error)}`));
  const chosen = chooseEngine(engines, engine);
  const measured = chosen && (await measure(chosen, cost?.convolutions ?? standard));
  const prediction = measured && cost && { preset, batch: cost.batch, flops: cost.flops, milliseconds: cost.flops / measured.gigaflops / 1e6 };
  const diagnosis: Diagnosis = { machine, engines, notes, ...(measured ? { measured } : {}), ...(prediction ? { prediction } : {}) };
  process.stdout.write(`${json ? JSON.stringify(diagnosis, withoutPlugins, 2) : render(diagnosis)}\n`);
  if (measured === undefined) {
    const which = engine === undefined ? "No engine" : `The engine ${engine} was asked for, and`;
    throw new IdganError("ENGINE_UNAVAILABLE", engine === undefined ? `${which} runs here.` : `${which} does not run here. Those that do: ${engines.filter(({ available }) => available).map(({ name }) => name).join(", ")}.`);
  }
}

async function measure({ name, plugin }: EngineFinding, convolutions: readonly Convolution[]): Promise<NonNullable<Diagnosis["measured"]> | undefined> {
  if (plugin === undefined) {
    return undefined;
  }
  const engine = await plugin.create(defaultOptions(plugin));
  try {
    return { engine: name, description: engine.description, ...(await measureConvolutions(engine, convolutions, seconds)) };
  } finally {
    await engine.dispose();
  }
}

function render({ machine, engines, measured, prediction, notes }: Diagnosis): string {
  const { node, cpu, memoryGiB } = machine;
  const lines = [
    `idgan     @idgan/core ${machine.core}, TensorFlow.js ${machine.tfjs}`,
    `node      ${node.version}, ${node.suits ? "as wanted" : "not what is wanted"}: ${node.wanted}`,
    `machine   ${machine.platform}, ${cpu.threads} threads of ${cpu.model}, ${memoryGiB.free} GiB of ${memoryGiB.total} GiB free`,
    ...engines.flatMap(({ name, version, available, lines: said }) => [`engine    ${[name, version].join(" ").trim()}: ${available ? "runs here" : "does not run here"}`, ...said.map((line) => `            ${line}`)]),
  ];
  if (measured) {
    const { convolution, gigaflops } = measured.slowest;
    const shapes = `[${convolution.x.join(", ")}] by [${convolution.filter.join(", ")}], stride ${convolution.stride}`;
    lines.push(
      `measured  ${significant(measured.gigaflops)} GFLOP/s on ${measured.engine} (${measured.description})`,
      `            convolutions with both gradients; slowest, at ${significant(gigaflops)} GFLOP/s: ${shapes}`,
    );
  }
  if (prediction) {
    lines.push(`predicted about ${significant(prediction.milliseconds)} ms for one VAE update of ${prediction.preset} (batch ${prediction.batch}, ${significant(prediction.flops / 1e9)} GFLOP)`);
  }
  return [...lines, ...notes.map((note) => `note      ${note}`)].join("\n");
}

/** Three significant digits, never in powers of ten. */
function significant(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function withoutPlugins(key: string, value: unknown): unknown {
  return key === "plugin" ? undefined : value;
}
