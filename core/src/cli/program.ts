import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { coreVersion } from "../config/core-version.js";
import { suggest } from "../config/suggestion.js";
import type { EngineOptions } from "./commands/engine.js";
import type { DataOptions } from "./commands/data.js";
import type { EvaluateOptions } from "./commands/evaluate.js";
import type { TrainOptions } from "./commands/train.js";
import type { SampleOptions } from "../run/sample.js";
import type { RunChoice } from "./run-choice.js";

/** Images in one sheet. */
const mostSeeds = 4096;

/** Flags of `idgan sample`. */
interface SampleFlags extends Omit<SampleOptions, "code" | "draw" | "tell"> {
  readonly seed: number;
  readonly code: readonly string[];
}

/** The command line of `idgan`. Each command's module is imported when it runs, so that `--help` loads no TensorFlow.js. */
export function createProgram(): Command {
  const program = new Command("idgan")
    .description("Compose a disentangling VAE and a high-fidelity GAN, train them, and look at what the sliders mean.")
    .version(coreVersion, "-V, --version", "print the version of @idgan/core")
    .helpOption("-h, --help", "print this")
    .helpCommand(false)
    .addOption(new Option("-v").hideHelp())
    .showHelpAfterError("(idgan --help lists every command)")
    .exitOverride()
    .addHelpText("after", "\nExit status: 0 done, 1 failure, 2 usage, 3 config, 4 data, 5 diverged, 75 interrupted and resumable.");

  choosing(program.command("train").argument("[config]", "path of a config, or name of a preset; with --resume the run's own by default"))
    .description("train a run: stage 1, then stage 2, with checkpoints and pictures")
    .option("--out <dir>", "run directory (default: the first free of runs/<name>, runs/<name>-2, ...)")
    .option("--resume", "go on with the run in --out")
    .option("--dry-run", "print what the run would take instead (parameters, bytes, operations, the time of an update), and write nothing")
    .option("--json", "report as JSON, one object a line, on standard output")
    .action(async (config: string | undefined, options: TrainOptions) => {
      const { runTrain } = await import("./commands/train.js");
      await runTrain(config, options);
    });

  program
    .command("sample")
    .argument("<run>", "run directory")
    .description("write a sheet of images of the generator, or a sweep, an interpolation or a mixture of chosen ones, and print its path")
    .option("--count <n>", "images in the sheet", wholeBetween(1, mostSeeds), 64)
    .option("--seed <n>", "number of the draw: another one gives other images", wholeBetween(0, Number.MAX_SAFE_INTEGER), 0)
    .option("--seeds <list>", "an image of each of these seeds instead, 0-7,12", seedList)
    .addOption(repeatable("--code <c=value>", "hold a latent, --code c0=1.5, or sweep it, --code c0=-2..2; repeatable, two sweeps at most"))
    .addOption(new Option("--grid <kind>", "interpolation from each seed to the next, mixing of their codes and nuisances, or style-mixing of their layers").choices(["interpolation", "mixing", "style-mixing"]))
    .addOption(new Option("--along <part>", "what an interpolation moves").choices(["both", "c", "s"]).default("both"))
    .option("--columns <n>", "images along a sweep or an interpolation", wholeBetween(2, 64), 7)
    .option("--layer <n>", "first layer with the other seed's style in style-mixing, from 0 (default: half of them)", wholeBetween(0, 64))
    .option("--truncation <psi>", "how far styles are left from their mean for the same c, 1 as they are, for generators with styles", finiteNumber)
    .option("--truncated-layers <n>", "so many first layers are truncated (default: all)", wholeBetween(1, 64))
    .option("--out <file>", "PNG to write (default: in the run's images)")
    .action(async (run: string, { seed, code, ...options }: SampleFlags) => {
      const { sample } = await import("../run/sample.js");
      const { parseCodeSetting } = await import("../run/sampling/code-setting.js");
      print(await sample(run, { ...options, draw: seed, code: code.map(parseCodeSetting) }));
    });

  program
    .command("traverse")
    .argument("<run>", "run directory")
    .description("write what each latent does to an image, rows by falling KL, and print the picture's path")
    .option("--range <value>", "each latent goes from minus to plus this, in standard deviations of the prior", positiveNumber, 3)
    .option("--columns <n>", "images in a row", wholeBetween(2, 64), 7)
    .option("--out <file>", "PNG to write (default: in the run's images)")
    .action(async (run: string, { range, columns, out }: { readonly range: number; readonly columns: number; readonly out?: string }) => {
      const { traverse } = await import("../run/traverse.js");
      print(await traverse(run, { range, columns, ...(out === undefined ? {} : { out }) }));
    });

  program
    .command("evaluate")
    .argument("[run]", "run directory")
    .description("measure how disentangled the run's encoder is, and how good its generator's images: scores into its metrics.json, pictures into its images")
    .option("--metrics <names>", "names with commas between them, mig or mig@locatello2019 (default: all that can be computed)")
    .option("--list", "list the metrics that are installed instead, with their options")
    .addOption(new Option("--of <network>", "measure the codes that the encoder reads in the data's images, or in those that the generator or the decoder makes of the data's codes").choices(["encoder", "generator", "decoder"]).default("encoder"))
    .addOption(repeatable("--beside <run>", "another run on the same images, for scores that compare runs; repeatable"))
    .addOption(repeatable("--plugin <name>", "package or file of a metrics plugin, besides those that are installed; repeatable"))
    .addOption(repeatable("--set <key=value>", "an option of a metric, --set mig.bins=30, or other data: --set data.use=...; repeatable"))
    .option("--seed <n>", "seed of the metrics' draws", wholeBetween(0, Number.MAX_SAFE_INTEGER), 0)
    .option("--engine <name>", "onnx, eager, a package or a path (default: the run's own)")
    .option("--json", "print the scores as JSON")
    .action(async (run: string | undefined, options: EvaluateOptions) => {
      const { runEvaluate } = await import("./commands/evaluate.js");
      await runEvaluate(run, options);
    });

  choosing(program.command("config").argument("[config]", "path of a config, or name of a preset"))
    .description("print the config that would run, as JSON")
    .option("--keys", "list every key of a config instead, with what it takes and its default")
    .action(async (config: string | undefined, options: RunChoice & { readonly keys?: boolean }) => {
      const { runConfig } = await import("./commands/config.js");
      await runConfig(config, options);
    });

  program
    .command("data")
    .addArgument(new Argument("<action>", "list what is known by name, inspect a file or folder, prepare what was fetched, list the prepared files that are cached, or prune old ones").choices(["list", "inspect", "prepare", "cached", "prune"]))
    .argument("[subject]", "path to inspect, name to prepare, or folder of the cache (default: IDGAN_CACHE, or the system's)")
    .description("look through images before training on them, and make published data sets ready")
    .option("--from <path>", "prepare: the file or folder that was fetched")
    .option("--out <path>", "prepare: folder for the results (default: data/<name>); inspect: PNG for the contact sheet")
    .option("--size <n>", "prepare: height and width of the results (default: the official ones)", wholeBetween(8, 4096))
    .option("--unused <days>", "prune: delete the files that no run has used for so many days", wholeBetween(0, 36_500))
    .option("--json", "list, inspect, cached, prune: as JSON")
    .action(async (action: string, subject: string | undefined, options: DataOptions) => {
      const { runData } = await import("./commands/data.js");
      await runData(action, subject, options);
    });

  program
    .command("plugins")
    .description("list the plugins that are installed here, and their options")
    .option("--json", "as JSON")
    .action(async ({ json = false }: { readonly json?: boolean }) => {
      const { runPlugins } = await import("./commands/plugins.js");
      await runPlugins(json);
    });

  program
    .command("doctor")
    .description("say what runs here and how fast: Node, engines, memory, a second of convolutions")
    .option("--engine <name>", "measure this engine (default: onnx, else the first that runs)")
    .option("--json", "as JSON")
    .action(async (options: { readonly engine?: string; readonly json?: boolean }) => {
      const { runDoctor } = await import("./commands/doctor.js");
      await runDoctor(options);
    });

  program
    .command("engine")
    .argument("<action>", "install")
    .argument("<engine>", "tensorflow, or a package")
    .description("install what an engine needs besides its packages, and prove that it works")
    .option("--from <place>", "wheel, tarball, an address, or the path of a file or folder (default: wheel)")
    .option("--gpu", "take the build for NVIDIA GPUs, with the CUDA libraries that it needs")
    .option("--release <version>", "version of the library to install (default: the one that the engine was tried with)")
    .option("--sha256 <hash>", "SHA-256 that a file in --from must have")
    .option("--json", "as JSON")
    .action(async (action: string, engine: string, options: EngineOptions) => {
      const { runEngine } = await import("./commands/engine.js");
      await runEngine(action, engine, options);
    });

  program
    .command("completion")
    .argument("<shell>", "bash, zsh or fish")
    .description("print a completion script: source <(idgan completion bash)")
    .action(async (shell: string) => {
      const { completionScript } = await import("./completion.js");
      print(completionScript(program, shell));
    });

  // commander's own prints everything for a command that there is not, and does not say that there is none.
  program
    .command("help")
    .argument("[command]")
    .description("print the help of a command")
    .action((name: string | undefined) => {
      const command = name === undefined ? program : program.commands.find((each) => each.name() === name);
      if (command !== undefined) return command.help();
      const near = suggest(name ?? "", program.commands.map((each) => each.name()));
      program.error(`error: unknown command '${name}'${near === undefined ? "" : `\n(Did you mean ${near}?)`}`);
    });
  program.on("option:v", () => program.error("error: unknown option '-v'\n(Did you mean -V, which prints the version?)"));

  for (const command of program.commands) {
    command.exitOverride();
  }
  return program;
}

/** The options that choose and change a config. */
function choosing(command: Command): Command {
  return command
    .addOption(repeatable("--set <key=value>", "set a key: --set vae.options.beta=8; repeatable, a value is JSON or text"))
    .option("--seed <n>", "seed of every random stream")
    .option("--engine <name>", "onnx, eager, a package or a path");
}

/** An option that may be given many times, and collects what it is given. */
function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).default([], "none").argParser((given: string, earlier: readonly string[]) => [...earlier, given]);
}

function wholeBetween(least: number, most: number): (given: string) => number {
  return (given) => {
    const value = Number(given);
    if (!/^\d+$/.test(given) || !Number.isSafeInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(most === Number.MAX_SAFE_INTEGER ? `It must be an integer of at least ${least}.` : `It must be an integer from ${least} to ${most}.`);
    }
    return value;
  };
}

/** `0-7,12`: numbers and ranges of them, at most as many as a sheet has room for. */
function seedList(given: string): readonly number[] {
  const seeds = given.split(",").flatMap((part) => {
    const [, first = "", last = first] = /^\s*(\d{1,15})(?:-(\d{1,15}))?\s*$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === "" || to < from) throw new InvalidArgumentError("It must be a list of integers and ranges of them, such as 0-7,12.");
    if (to - from >= mostSeeds) throw new InvalidArgumentError(`There is room for ${mostSeeds} images in a sheet.`);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  if (seeds.length > mostSeeds) throw new InvalidArgumentError(`There is room for ${mostSeeds} images in a sheet.`);
  return seeds;
}

function positiveNumber(given: string): number {
  const value = Number(given);
  if (given.trim() === "" || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError("It must be a number above 0.");
  }
  return value;
}

function finiteNumber(given: string): number {
  const value = Number(given);
  if (given.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
