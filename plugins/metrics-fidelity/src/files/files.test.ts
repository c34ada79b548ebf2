import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStream, IdganError } from "@idgan/core";
import test, { type ExecutionContext } from "ava";
import { readNpz } from "./npz.js";
import { findFile, lpipsFiles, missingFile, openFile, squeezenetFiles } from "./published-file.js";
import type { Tensors } from "./tensors.js";
import { readTorchFile } from "./torch-file.js";

interface Fixture {
  readonly tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: readonly string[] }>>;
  readonly zip: string;
  readonly older: string;
  readonly plain: string;
  readonly npz: string;
  readonly packed: string;
  readonly hostile: Readonly<Record<"command" | "older_command" | "builtin" | "module" | "list" | "nested", string>>;
}

const fixture = JSON.parse(readFileSync(new URL("../../../../test/fixtures/torch_files.json", import.meta.url), "utf8")) as Fixture;
const bytesOf = (base64: string): Buffer => Buffer.from(base64, "base64");
const folder = mkdtempSync(join(tmpdir(), "idgan-weights-"));
test.after.always(() => rmSync(folder, { recursive: true }));

for (const form of ["zip", "older", "plain"] as const) {
  test(`tensors of torch.save come as they were saved: the ${form} form`, (t) => {
    const tensors = readTorchFile(bytesOf(fixture[form]), "weights");
    t.deepEqual([...tensors.keys()], Object.keys(fixture.tensors));
    for (const [name, { shape, values }] of Object.entries(fixture.tensors)) {
      t.deepEqual(tensors.get(name)?.shape, shape, name);
      t.deepEqual([...(tensors.get(name)?.read() ?? [])], values.map((value) => Math.fround(value === "inf" ? Infinity : Number(value))), name);
    }
  });
}

for (const [form, packed] of [["npz", fixture.npz], ["packed", fixture.packed]] as const) {
  test(`arrays of NumPy come as they were saved: ${form}`, (t) => {
    const arrays = readNpz(bytesOf(packed), "arrays");
    t.deepEqual([...arrays].map(([name, { shape, read }]) => [name, shape, [...read()]]), [["a", [2, 3], [0, 1, 2, 3, 4, 5]], ["b", [2], [0.5, -2]], ["n", [], [7]]]);
  });
}

const hostile: readonly (readonly [what: keyof Fixture["hostile"], said: RegExp])[] = [
  ["command", /asks for (posix|nt)\.system, which weights do not need; nothing was executed/],
  ["older_command", /asks for (posix|nt)\.system, which weights do not need; nothing was executed/],
  ["builtin", /asks for (__builtin__|builtins)\.eval, which/],
  ["module", /asks for torch\.nn\.modules\.linear\.Linear, which/],
  ["list", /it holds no dictionary of tensors/],
  ["nested", /its entry "state_dict" is no tensor under a name/],
];

for (const [what, said] of hostile) {
  test(`a file that holds something other than weights is refused, and nothing of it executed: ${what}`, (t) => {
    refused(t, () => readTorchFile(bytesOf(fixture.hostile[what]), "weights.pth"), said);
    t.false(existsSync("/tmp/idgan-executed"));
  });
}

for (const form of ["zip", "older"] as const) {
  test(`a file that is cut anywhere is refused: the ${form} form`, (t) => {
    const whole = bytesOf(fixture[form]);
    for (let length = 0; length < whole.length; length += 1) {
      refused(t, () => readAll(readTorchFile(whole.subarray(0, length), "weights.pth")), /^(\S+ of )?weights\.pth(, \S+)? cannot be used: .*Download it again/);
    }
  });

  test(`a file with bytes changed is read or refused, and never anything else: the ${form} form`, (t) => {
    const whole = bytesOf(fixture[form]);
    const stream = createStream(5, `bytes/${form}`);
    for (let round = 0; round < 3000; round += 1) {
      const changed = Buffer.from(whole);
      // Most of a file is numbers, of which any will do; its pickles are at the beginning of it.
      const places = stream.integers(3 * round, 3, round % 2 === 0 ? whole.length : Math.min(whole.length, 1600));
      for (const [i, place] of places.entries()) changed[place] = stream.integers(3 * round + 1, 3, 256)[i] ?? 0;
      try {
        readAll(readTorchFile(changed, "weights.pth"));
      } catch (error) {
        if (!(error instanceof IdganError) || error.code !== "METRIC_INPUT") t.fail(`round ${round}: ${String(error)}`);
      }
    }
    t.pass();
  });
}

test("archives and arrays that are cut are refused", (t) => {
  for (const packed of [fixture.npz, fixture.packed]) {
    const whole = bytesOf(packed);
    for (let length = 0; length < whole.length; length += 1) refused(t, () => readAll(readNpz(whole.subarray(0, length), "a.npz")), /a\.npz cannot be used/);
  }
});

test("a view that asks for more than its storage is refused: a small file must not fill the memory", (t) => {
  const sized = (from: string, to: string): Buffer => {
    const file = bytesOf(fixture.older);
    const at = file.indexOf(Buffer.from(from, "hex"));
    t.true(at > 0, from);
    return Buffer.concat([file.subarray(0, at), Buffer.from(to, "hex"), file.subarray(at + from.length / 2)]);
  };
  // The tuple (3, 2) of the first tensor's shape becomes (2^31 - 1, 2), and its strides (1, 3) become (0, 0).
  const shape = "4b034b0286";
  const large = sized(shape, "4affffff7f4b0286");
  refused(t, () => readAll(readTorchFile(large, "weights.pth")), /turned of weights\.pth cannot be used: it takes 4294967294 numbers up to \d+ of a storage of 6/);
});

test("published files are found in a folder, in a folder of it, or by their own path, and nowhere else", async (t) => {
  const [plain] = squeezenetFiles;
  mkdirSync(join(folder, "torchvision"));
  t.is(findFile(squeezenetFiles, folder), undefined);
  t.is(findFile(squeezenetFiles, join(folder, "nowhere")), undefined);
  const place = join(folder, "torchvision", plain?.name ?? "");
  writeFileSync(place, bytesOf(fixture.zip));
  t.is(findFile(squeezenetFiles, folder), place);
  t.is(findFile(squeezenetFiles, place), place);
  t.is(findFile([lpipsFiles.vgg16], place), undefined);
  const error = await t.throwsAsync(openFile(squeezenetFiles, folder), { instanceOf: IdganError });
  t.regex(error?.message ?? "", /is another file than the published squeezenet1_1-b8a52dc0\.pth: its SHA-256 begins with [0-9a-f]{8}, and should with b8a52dc0\. Download it again from https:/);
  const missing = await t.throwsAsync(openFile([lpipsFiles.vgg16], folder), { instanceOf: IdganError });
  t.is((missing as IdganError).code, "METRIC_INPUT");
  t.regex(missing?.message ?? "", /^It needs vgg\.pth \(looked in .*\)\. Download it from https:.*--set <metric>\.weights=<folder>.*IDGAN_WEIGHTS/);
  t.regex(missingFile(squeezenetFiles, null), /^It needs squeezenet1_1-b8a52dc0\.pth or squeezenet1_1_imagenet_fp16\.npz \(/);
});

function readAll(tensors: Tensors): void {
  for (const { read } of tensors.values()) read();
}

function refused(t: ExecutionContext, read: () => unknown, said: RegExp): void {
  try {
    read();
    t.fail(`it was read; it should have said ${said.source}`);
  } catch (error) {
    if (!(error instanceof IdganError) || error.code !== "METRIC_INPUT") throw error;
    t.regex(error.message, said);
  }
}
