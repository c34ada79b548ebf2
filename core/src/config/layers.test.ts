import test from "ava";
import { compose } from "./compose.js";
import { accepts, format, integerFrom, listOf, nullable, oneOf, path, positive, text } from "./formats.js";
import { isJsonObject, toJsonObject } from "./json.js";
import type { Layer } from "./layer.js";
import { choosePlugin, dropReplaced } from "./plugin-slots.js";
import type { RunConfig } from "./run-config.js";
import { describeSchema, leavesOf, runSchema, type Schema } from "./schema.js";
import { editDistance, suggest } from "./suggestion.js";
import { environmentLayer, flagLayer, parseSetting } from "./text-layer.js";
import { refuseUnknownKeys } from "./unknown-keys.js";

const schema: Schema = {
  seed: { doc: "Seed.", format: integerFrom(0), default: 1 },
  name: { doc: "Name.", format: text, default: "run" },
  represent: {
    steps: { doc: "Updates.", format: integerFrom(0), default: undefined },
    optimizer: { name: { doc: "Method.", format: oneOf("adam", "sgd"), default: "adam" }, learningRate: { doc: "Rate.", format: positive, default: 0.5 } },
  },
  widths: { doc: "Widths.", format: listOf(integerFrom(1)), default: [32, 64] },
  from: { doc: "Path.", format: nullable(path), default: null },
};

function layer(name: string, data: Record<string, unknown>, folder = "/project"): Layer {
  return { name, folder, file: null, plugins: [], data: toJsonObject(data, "", name) };
}

const flags = (...settings: string[]): Layer => flagLayer(settings.map(parseSetting), "/cwd");

/** The way back from `IDGAN_VAE__LATENT_DIM`, which the program does not need. */
function variableOfKey(key: string): string {
  const level = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  return `IDGAN_${key.split(".").map(level).join("__")}`;
}

function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return `${(error as { code?: string }).code}: ${(error as Error).message}`;
  }
  return "nothing was thrown";
}

test("objects merge, lists and single values replace, and the last layer wins", (t) => {
  const config = compose(schema, [
    layer("preset", { seed: 5, represent: { steps: 10, optimizer: { name: "sgd" } }, widths: [1, 2, 3] }),
    layer("run", { represent: { optimizer: { learningRate: 0.1 } }, widths: [7] }),
  ]);
  t.deepEqual(config, { seed: 5, name: "run", represent: { steps: 10, optimizer: { name: "sgd", learningRate: 0.1 } }, widths: [7], from: null });
});

test("composing leaves the layers as they were", (t) => {
  const preset = layer("preset", { represent: { steps: 10 }, widths: [1] });
  const before = JSON.stringify(preset);
  compose(schema, [preset, layer("run", { represent: { steps: 20 }, widths: [2] })]);
  t.is(JSON.stringify(preset), before);
});

test("a wrong value is named with who wrote it, what is allowed, and what it is", (t) => {
  const layers = [layer("preset quick", { seed: 1.5 }), layer("idgan.config.js", { represent: { steps: 3, optimizer: { learningRate: 0 } } })];
  t.is(
    failure(() => compose(schema, layers)),
    'CONFIG_VALUE: preset quick: "seed" must be an integer of at least 0; it is 1.5.\nidgan.config.js: "represent.optimizer.learningRate" must be a number above 0; it is 0.',
  );
});

test("text is never taken for a number, however much it looks like one", (t) => {
  for (const seed of ["x", "7x", "7", "", true, null, [7], { a: 1 }, { a: { b: 1 } }]) {
    t.regex(failure(() => compose(schema, [layer("run", { seed, represent: { steps: 1 } })])), /^CONFIG_VALUE: run: "seed" must be an integer of at least 0; it is /);
  }
});

test("a list with one wrong item is refused whole", (t) => {
  t.is(
    failure(() => compose(schema, [layer("run", { widths: [1, "2"], represent: { steps: 1 } })])),
    'CONFIG_VALUE: run: "widths" must be a list, each item an integer of at least 1; it is [1,"2"].',
  );
});

const isTable = (value: unknown): boolean => isJsonObject(value) && Object.values(value).every((each) => typeof each === "number" || isJsonObject(each));
const tables: Schema = {
  batches: { doc: "Batch by resolution.", format: format("a table of numbers", isTable), default: { "4": 32, "8": 16 } },
  nested: { options: { table: { doc: "Table.", format: nullable(format("a table of numbers", isTable)), default: null } } },
};

test("an option that takes an object takes it whole, and its format alone refuses", (t) => {
  const set = (data: Record<string, unknown>) => compose(tables, [layer("preset", { batches: { "16": 8 } }), layer("run", data)]);
  t.deepEqual(compose(tables, []), { batches: { "4": 32, "8": 16 }, nested: { options: { table: null } } });
  t.deepEqual(set({ batches: { "4": 1 } }), { batches: { "4": 1 }, nested: { options: { table: null } } });
  t.deepEqual(set({ nested: { options: { table: { a: { b: 1, c: { d: 2 } } } } } }), { batches: { "16": 8 }, nested: { options: { table: { a: { b: 1, c: { d: 2 } } } } } });
  t.deepEqual(compose(tables, [flags('batches={"4":2}')])["batches"], { "4": 2 });
  t.is(failure(() => set({ batches: { "4": "many" } })), 'CONFIG_VALUE: run: "batches" must be a table of numbers; it is {"4":"many"}.');
  t.is(failure(() => set({ batches: [{ "4": 1 }] })), 'CONFIG_VALUE: run: "batches" must be a table of numbers; it is [{"4":1}].');
  t.is(failure(() => compose(tables, [flags("batches.4=2")])), `CONFIG_VALUE: --set batches.4: "batches" is one value, and cannot be set in part. Write it whole, as in --set 'batches={"4":2}'.`);
});

test("what has no default must be given, even where null would do", (t) => {
  const chosen: Schema = { from: { doc: "Path.", format: nullable(path), default: undefined } };
  t.is(failure(() => compose(chosen, [])), 'CONFIG_MISSING: "from" was not given. Path. Set it in the config, or with --set from=...; it must be a path, or null.');
  t.deepEqual(compose(chosen, [layer("run", { from: null })]), { from: null });
});

test("what has no default must be given", (t) => {
  t.is(
    failure(() => compose(schema, [layer("run", { seed: 2 })])),
    'CONFIG_MISSING: "represent.steps" was not given. Updates. Set it in the config, or with --set represent.steps=...; it must be an integer of at least 0.',
  );
  t.is(failure(() => compose(schema, [layer("run", { represent: { steps: null } })])), 'CONFIG_VALUE: run: "represent.steps" must be an integer of at least 0; it is null.');
});

test("NaN, functions and instances are refused before anything else, by their key", (t) => {
  t.is(failure(() => layer("run", { represent: { steps: Number.NaN } })), 'CONFIG_VALUE: run: "represent.steps" is NaN, which is not a number that a config can hold. Write a finite number.');
  t.is(failure(() => layer("run", { widths: [1, Infinity] })), 'CONFIG_VALUE: run: "widths[1]" is Infinity, which is not a number that a config can hold. Write a finite number.');
  t.regex(failure(() => layer("run", { vae: { options: { act: () => 1 } } })), /^CONFIG_VALUE: run: "vae.options.act" is a function, and a config holds only JSON\./);
  t.regex(failure(() => layer("run", { seed: new Date(0) })), /^CONFIG_VALUE: run: "seed" is an instance of Date, and a config holds only JSON\./);
});

test("undefined counts as not written", (t) => {
  t.is(compose(schema, [layer("a", { seed: 4, represent: { steps: 1 } }), layer("b", { seed: undefined })])["seed"], 4);
});

test("an unknown key is named with who wrote it and the key that was probably meant", (t) => {
  t.is(failure(() => refuseUnknownKeys(schema, [layer("run", { sede: 1 })])), 'CONFIG_UNKNOWN_KEY: run: nothing declares the key "sede". Did you mean "seed"?');
  t.is(
    failure(() => refuseUnknownKeys(schema, [layer("preset a", { represent: { step: 3 } }), layer("run", { represent: { optimizer: { learningrate: 1 } } })])),
    'CONFIG_UNKNOWN_KEY: preset a: nothing declares the key "represent.step". Did you mean "represent.steps"?\nrun: nothing declares the key "represent.optimizer.learningrate". Did you mean "represent.optimizer.learningRate"?',
  );
  t.is(failure(() => refuseUnknownKeys(schema, [layer("run", { learningRate: 1 })])), 'CONFIG_UNKNOWN_KEY: run: nothing declares the key "learningRate". Did you mean "represent.optimizer.learningRate"?');
  t.is(failure(() => refuseUnknownKeys(schema, [layer("run", { represent: { zebra: 1 } })])), 'CONFIG_UNKNOWN_KEY: run: nothing declares the key "represent.zebra". "represent" has: steps, optimizer.');
  t.is(failure(() => refuseUnknownKeys(schema, [layer("run", { preset: 1 })])), 'CONFIG_UNKNOWN_KEY: run: nothing declares the key "preset". Did you mean "presets"?');
  t.is(failure(() => refuseUnknownKeys(schema, [layer("run", { zebra: 1 })])), 'CONFIG_UNKNOWN_KEY: run: nothing declares the key "zebra". A config has: seed, name, represent, widths, from, presets, plugins.');
  t.is(failure(() => refuseUnknownKeys(schema, [layer("run", { represent: 5 })])), 'CONFIG_UNKNOWN_KEY: run: "represent" holds keys of its own (steps, optimizer), and not a value such as 5.');
});

test("names that every object inherits are unknown keys like any other", (t) => {
  for (const source of ['{"__proto__":{"seed":1}}', '{"constructor":{"prototype":{}}}', '{"toString":1}']) {
    t.regex(failure(() => compose(schema, [layer("run", JSON.parse(source) as Record<string, unknown>)])), /^CONFIG_UNKNOWN_KEY: run: nothing declares the key "(__proto__|constructor|toString)"/);
  }
  t.is(({} as Record<string, unknown>)["seed"], undefined);
});

test("a suggestion is near, or there is none", (t) => {
  t.is(editDistance("beta", "beta"), 0);
  t.is(editDistance("kitten", "sitting"), 3);
  t.is(editDistance("ab", "ba"), 1);
  t.is(editDistance("", "abc"), 3);
  t.is(suggest("latentDmi", ["latentDim", "size"]), "latentDim");
  t.is(suggest("banana", ["latentDim", "size"]), undefined);
});

test("environment variables name keys in capitals, and their names stand in errors", (t) => {
  const environment = { IDGAN_SEED: "9", IDGAN_REPRESENT__STEPS: "20", IDGAN_REPRESENT__OPTIMIZER__LEARNING_RATE: "1e-3", IDGAN_WIDTHS: "[4]", IDGAN_NAME: "12", IDGAN_FROM: "", PATH: "/bin", IDGAN_WEIGHTS: "/weights", IDGAN_CACHE: "/cache" };
  t.deepEqual(compose(schema, [environmentLayer(environment, "/cwd")]), {
    seed: 9,
    name: "12",
    represent: { steps: 20, optimizer: { name: "adam", learningRate: 0.001 } },
    widths: [4],
    from: null,
  });
  t.is(failure(() => compose(schema, [environmentLayer({ IDGAN_SEED: "7x" }, "/cwd"), layer("x", { represent: { steps: 1 } })])), 'CONFIG_VALUE: IDGAN_SEED: "seed" must be an integer of at least 0; it is "7x".');
  t.is(failure(() => compose(schema, [environmentLayer({ IDGAN_REPRESENT__STEP: "7" }, "/cwd")])), 'CONFIG_UNKNOWN_KEY: IDGAN_REPRESENT__STEP: nothing declares the key "represent.step". Did you mean "represent.steps"?');
});

test("every key of a run can be set from the environment", (t) => {
  for (const { key } of describeSchema()) {
    const { written } = environmentLayer({ [variableOfKey(key)]: "x" }, "/");
    t.deepEqual([...(written ?? new Map()).keys()], [key]);
  }
});

test("flags take JSON or bare text, several to one object, and stand above the environment", (t) => {
  const config = compose(schema, [environmentLayer({ IDGAN_SEED: "2" }, "/cwd"), flags("seed=3", "represent.steps=5", 'represent.optimizer={"name":"sgd"}', "represent.optimizer.learningRate=2", "name=null", "from=enc")]);
  t.deepEqual(config, { seed: 3, name: "null", represent: { steps: 5, optimizer: { name: "sgd", learningRate: 2 } }, widths: [32, 64], from: "/cwd/enc" });
  t.is(failure(() => compose(schema, [flags("seed=NaN", "represent.steps=1")])), 'CONFIG_VALUE: --set seed: "seed" must be an integer of at least 0; it is "NaN".');
  t.is(failure(() => compose(schema, [flags('represent={"step":1}')])), 'CONFIG_UNKNOWN_KEY: --set represent: nothing declares the key "represent.step". Did you mean "represent.steps"?');
  t.is(failure(() => parseSetting("seed")), "USAGE: --set seed: a setting is key=value, such as --set represent.steps=1000.");
  t.is(failure(() => flags("represent..steps=1")), 'CONFIG_UNKNOWN_KEY: --set represent..steps: "represent..steps" is not a key. Levels are joined by single dots, as in represent.steps.');
});

test("a path starts at the folder of the layer that wrote it", (t) => {
  const layers = [layer("preset", { represent: { steps: 1 }, from: "a" }, "/presets")];
  t.is(compose(schema, layers)["from"], "/presets/a");
  t.is(compose(schema, [...layers, layer("run", { from: "../b" })])["from"], "/b");
  t.is(compose(schema, [...layers, layer("run", { from: null })])["from"], null);
});

test("options fall with the plugin that they were written for", (t) => {
  const a = layer("a", { vae: { use: "A", size: 32, options: { beta: 1 } } });
  const b = layer("b", { vae: { use: "B", options: { gamma: 2 } } });
  const options = (...layers: Layer[]) => {
    const vae = choosePlugin("vae", layers);
    const other = { use: "X", from: "/", layer: a, since: 0 };
    t.truthy(vae);
    const kept = dropReplaced(layers, { vae: vae ?? other, gan: other, data: other, engine: other });
    return { use: vae?.use, written: kept.map(({ data }) => (data["vae"] as { options?: unknown } | undefined)?.options) };
  };
  t.deepEqual(options(a), { use: "A", written: [{ beta: 1 }] });
  t.deepEqual(options(a, b), { use: "B", written: [undefined, { gamma: 2 }] });
  t.deepEqual(options(a, layer("c", { vae: { options: { beta: 3 } } })), { use: "A", written: [{ beta: 1 }, { beta: 3 }] });
  t.deepEqual(options(a, a), { use: "A", written: [{ beta: 1 }, { beta: 1 }] });
  t.deepEqual(options(layer("first", { vae: { options: { beta: 9 } } }), a), { use: "A", written: [{ beta: 9 }, { beta: 1 }] });
});

test("after A, B, A only the last A's options count, and everything else of the slot stays", (t) => {
  const layers = [
    layer("a1", { vae: { use: "A", size: 32, options: { beta: 1 } } }),
    layer("b", { vae: { use: "B", options: { gamma: 2 } } }),
    layer("a2", { vae: { use: "A", options: { warm: 3 } } }),
  ];
  const choice = choosePlugin("vae", layers);
  t.is(choice?.since, 2);
  const other = { use: "X", from: "/", layer: layers[0] as Layer, since: 0 };
  const kept = dropReplaced(layers, { vae: choice ?? other, gan: other, data: other, engine: other });
  t.deepEqual(kept.map(({ data }) => data["vae"]), [{ use: "A", size: 32 }, { use: "B" }, { use: "A", options: { warm: 3 } }]);
});

test("one relative path in two folders is two plugins", (t) => {
  const layers = [layer("a", { vae: { use: "./x.js" } }, "/a"), layer("b", { vae: { use: "./x.js" } }, "/b")];
  t.is(choosePlugin("vae", layers)?.since, 1);
  t.is(choosePlugin("vae", [layer("a", { vae: { use: "./x.js" } }, "/a"), layer("b", { vae: { use: "../a/x.js" } }, "/b")])?.since, 0);
});

test("RunConfig and the schema have the same keys, of the same types", (t) => {
  const slot = { use: "p", from: "/p", options: {} };
  const optimizer = { name: "adam", learningRate: 1, beta1: 0, beta2: 0, epsilon: 1, alpha: 0, momentum: 0 } as const;
  const example: RunConfig = {
    name: "x",
    folder: "/",
    seed: 1,
    data: slot,
    vae: { ...slot, size: 64, latentDim: 10 },
    gan: { ...slot, size: 64, nuisanceDim: 0 },
    engine: slot,
    taps: [],
    represent: { steps: 1, batch: 1, microbatch: null, optimizer, adversaryOptimizer: optimizer },
    encoder: { from: null },
    synthesise: { steps: 1, batch: 1, microbatch: null, code: "paired", idWeight: 1, idDelay: 0, r1Weight: 1, r1Interval: 1, averageDecay: 0.5, averageHalfLife: null, averageWarmup: true, generatorOptimizer: optimizer, discriminatorOptimizer: optimizer },
    record: { log: 1, checkpoint: 1, keep: 1, pictures: 1 },
  };
  const values = new Map<string, unknown>();
  const walk = (value: unknown, key: string) => {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      for (const [name, inner] of Object.entries(value)) walk(inner, key === "" ? name : `${key}.${name}`);
    } else {
      values.set(key, value);
    }
  };
  walk(example, "");
  const leaves = leavesOf(runSchema({ data: {}, vae: {}, gan: {}, engine: {} }));
  t.deepEqual(leaves.map(([key]) => key).sort(), [...values.keys()].sort());
  for (const [key, option] of leaves) {
    t.true(accepts(option.format, values.get(key)), `${key} refuses the example`);
    t.regex(option.doc, /^[A-Z].*\.$/, `${key} is documented by a sentence`);
  }
});

test("every default of the schema passes its own format, and only these keys must be given", (t) => {
  const missing: string[] = [];
  for (const [key, option] of leavesOf(runSchema({ data: {}, vae: {}, gan: {}, engine: {} }))) {
    if (option.default === undefined) {
      missing.push(key);
    } else {
      t.true(accepts(option.format, option.default), `${key} refuses its default`);
    }
  }
  t.deepEqual(missing, ["data.use", "vae.use", "gan.use", "represent.steps", "synthesise.steps"]);
});
