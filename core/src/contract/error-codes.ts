/** Exit codes of the `idgan` command, by the kind of failure. */
export const exitCodes = {
  done: 0,
  failure: 1,
  usage: 2,
  config: 3,
  data: 4,
  diverged: 5,
  /** EX_TEMPFAIL: the run was interrupted, is saved, and can be resumed. */
  interrupted: 75,
} as const;

export type ExitKind = keyof typeof exitCodes;

/**
 * Every code that an {@link IdganError} can carry: how the command exits, what it means, and how to solve it.
 * `docs/reference/errors.md` is made from this table.
 */
export const errorCodes = {
  CONFIG_UNKNOWN_KEY: { exit: "config", meaning: "A config names a key that nothing declares.", remedy: "Correct the spelling; `idgan config --keys` lists every key." },
  CONFIG_VALUE: { exit: "config", meaning: "A config value has the wrong type or lies outside its range.", remedy: "`idgan config --keys` lists what each key takes, and `idgan plugins` what each option of a plugin takes." },
  CONFIG_MISSING: { exit: "config", meaning: "A value without an honest default was not given.", remedy: "Set it in the config or with `--set`." },
  CONFIG_FILE: { exit: "config", meaning: "A config file or preset cannot be found, read or parsed.", remedy: "Check the path, and what the file says; Node 20 reads .js, .mjs and .json." },
  PLUGIN_NOT_FOUND: { exit: "config", meaning: "A plugin package is not installed where the config stands.", remedy: "Check the spelling; `idgan plugins` lists what is installed." },
  PLUGIN_LOAD: { exit: "config", meaning: "A plugin was found, but its module failed while loading.", remedy: "Read the cause, which is in the plugin's own module or in one that it imports; `DEBUG=idgan` shows where." },
  PLUGIN_INVALID: { exit: "config", meaning: "A package was found, but its default export is no plugin, or not of the kind that the slot takes.", remedy: "Name a plugin of the kind that the place takes: `idgan plugins` lists them by kind. In a plugin of your own, correct what the message names." },
  PLUGIN_CORE_RANGE: { exit: "config", meaning: "A plugin was made for another version of @idgan/core.", remedy: "Update the plugin, or core." },
  PLUGIN_CORE_COPY: { exit: "config", meaning: "A plugin would load a second copy of @idgan/core, and a process can hold but one.", remedy: "Run the `idgan` of the installation that the plugin belongs to, or install the plugin beside this one." },
  TAP_INVALID: { exit: "config", meaning: "A tap asks for a hook that there is not, has no function, returned no terms from a loss hook, or gave a promise or a callback to a hook that cannot take it.", remedy: "Return the terms, changed or not; for what takes time, `tapPromise` of a hook that waits." },
  HOOK_FAILED: { exit: "failure", meaning: "A tap threw inside a hook, or while it was applied.", remedy: "Read the cause; the message names the tap, and the hook where one had called it." },
  BACKBONE_INVALID: { exit: "config", meaning: "A backbone breaks the contract (shapes, weights or terms), or does not fit the run.", remedy: "Run the conformance kit, @idgan/testkit, on the plugin." },
  ENGINE_UNAVAILABLE: { exit: "failure", meaning: "An engine or one of its execution providers cannot run here.", remedy: "`idgan doctor` says what is missing." },
  ENGINE_INSTALL: { exit: "failure", meaning: "`idgan engine install` could not bring what an engine needs.", remedy: "Do what the message says, and run the command again: it goes on where it stopped." },
  ENGINE_KERNEL: { exit: "failure", meaning: "A step uses a tfjs kernel that the engine cannot run.", remedy: "Use another op there, or `--engine eager`." },
  TRACE_READ: { exit: "failure", meaning: "A tensor's value was read inside a traced step.", remedy: "Pass what depends on values as a tensor; nothing in a step may call dataSync, arraySync or print." },
  TRACE_CONSTANT: { exit: "failure", meaning: "A large constant was captured by a traced step.", remedy: "Make it an input, a declared noise, or a tf.Variable." },
  TRACE_RANDOM: { exit: "failure", meaning: "A random op ran inside a step, which would give the same numbers in every update.", remedy: "Declare the noise in the backbone's `noise` and use `step.noise`; for a tap, wrap the backbone in a plugin that declares more." },
  STEP_INVALID: { exit: "failure", meaning: "A step breaks its contract: it returns something other than named tensors, or makes, disposes or keeps what it must not.", remedy: "Return tensors by name from a synchronous function; make variables before the step." },
  DATA_NOT_FOUND: { exit: "data", meaning: "The data is not where the config or the command says.", remedy: "Check the path in the message." },
  DATA_INVALID: { exit: "data", meaning: "The data cannot be used: empty, broken, or of the wrong kind.", remedy: "The message names the file." },
  METRIC_INPUT: { exit: "data", meaning: "A metric cannot be computed by its protocol from this dataset or these codes, such as images without factors or too few of them.", remedy: "Choose other metrics, another dataset, or the options that the message names." },
  METRIC_FAILED: { exit: "failure", meaning: "A metric threw, or gave what is no score: a value that is not finite, or a matrix whose rows and columns do not fit.", remedy: "It is a fault of the plugin that the message names; choose other metrics with `--metrics`." },
  RUN_EXISTS: { exit: "usage", meaning: "The run directory already holds a run.", remedy: "Pass `--resume`, or another `--out`." },
  RUN_INVALID: { exit: "data", meaning: "The directory is not a run, or its record is broken.", remedy: "Check the path." },
  RUN_LOCKED: { exit: "failure", meaning: "Another process trains in this run directory.", remedy: "Wait for it, stop it, or pass another `--out`." },
  RUN_WRITE: { exit: "failure", meaning: "The run's config, events or pictures could not be written.", remedy: "Free disk space or correct the rights of the folder, then `--resume`." },
  CHECKPOINT_INVALID: { exit: "data", meaning: "A checkpoint is truncated, foreign, or of another architecture.", remedy: "Use an earlier checkpoint of the same run." },
  CHECKPOINT_WRITE: { exit: "failure", meaning: "A checkpoint could not be written; the last good one is untouched.", remedy: "Free disk space, then `--resume`." },
  ENCODER_MISMATCH: { exit: "data", meaning: "The encoder is not the one that this run was distilled from.", remedy: "Point `encoder.from` at the original stage 1." },
  DIVERGED: { exit: "diverged", meaning: "A loss became NaN or infinite; a good checkpoint that was written before is kept.", remedy: "Lower the learning rate, then resume or start anew." },
  INTERRUPTED: { exit: "interrupted", meaning: "The run was stopped by a signal, and saved.", remedy: "Pass `--resume`." },
  USAGE: { exit: "usage", meaning: "The command line is not understood.", remedy: "`idgan --help`." },
  INTERNAL: { exit: "failure", meaning: "A state that should not be reachable: a fault of idgan.", remedy: "Report it with the message." },
} as const satisfies Readonly<Record<string, { readonly exit: ExitKind; readonly meaning: string; readonly remedy: string }>>;

export type ErrorCode = keyof typeof errorCodes;
