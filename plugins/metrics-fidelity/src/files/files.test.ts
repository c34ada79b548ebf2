import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStream, IdganError, type SourceFile } from "@idgan/core";
import test, { type ExecutionContext } from "ava";
import { findFile, lpipsFiles, missingFile, openFile, squeezenetFiles } from "./published-file.js";
import type { Tensors } from "./tensors.js";
import { readTorchFile } from "./torch-file.js";

interface Fixture {
  readonly tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: readonly string[] }>>;
  readonly zip: string;
  readonly older: string;
  readonly plain: string;
  readonly hostile: Readonly<Record<"command" | "older_command" | "builtin" | "module" | "list" | "nested", string>>;
}

const fixture = JSON.parse(readFileSync(new URL("../../../../test/fixtures/torch_files.json", import.meta.url), "utf8")) as Fixture;
const bytesOf = (base64: string): Buffer => Buffer.from(base64, "base64");
const folder = mkdtempSync(join(tmpdir(), "idgan-weights-"));
test.after.always(() => rmSync(folder, { recursive: true }));

for (const form of ["zip", "older", "plain"] as const) {
  test(`tensors of torch.save come as they were saved: the ${form} form`, async (t) => {
    const tensors = await readTorchFile(sourceOf(bytesOf(fixture[form])));
    t.deepEqual([...tensors.keys()], Object.keys(fixture.tensors));
    for (const [name, { shape, values }] of Object.entries(fixture.tensors)) {
      t.deepEqual(tensors.get(name)?.shape, shape, name);
      t.deepEqual([...(tensors.get(name)?.read() ?? [])], values.map((value) => Math.fround(value === "inf" ? Infinity : Number(value))), name);
    }
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
  test(`a file that holds something other than weights is refused, and nothing of it executed: ${what}`, async (t) => {
    await refused(t, bytesOf(fixture.hostile[what]), said);
    t.false(existsSync("/tmp/idgan-executed"));
  });
}

for (const form of ["zip", "older"] as const) {
  test(`a file that is cut anywhere is refused: the ${form} form`, async (t) => {
    const whole = bytesOf(fixture[form]);
    for (let length = 0; length < whole.length; length += 1) await refused(t, whole.subarray(0, length), /weights\.pth/);
  });

  test(`a file with bytes changed is read or refused, and never anything else: the ${form} form`, async (t) => {
    const whole = bytesOf(fixture[form]);
    const stream = createStream(5, `bytes/${form}`);
    for (let round = 0; round < 3000; round += 1) {
      const changed = Buffer.from(whole);
      // Most of a file is numbers, of which any will do; its pickles are at the beginning of it.
      const places = stream.integers(3 * round, 3, round % 2 === 0 ? whole.length : Math.min(whole.length, 1600));
      for (const [i, place] of places.entries()) changed[place] = stream.integers(3 * round + 1, 3, 256)[i] ?? 0;
      try {
        readAll(await readTorchFile(sourceOf(changed)));
      } catch (error) {
        if (!isRefusal(error)) t.fail(`round ${round}: ${String(error)}`);
      }
    }
    t.pass();
  });
}

test("a view that asks for more than its storage is refused: a small file must not fill the memory", async (t) => {
  const sized = (from: string, to: string): Buffer => {
    const file = bytesOf(fixture.older);
    const at = file.indexOf(Buffer.from(from, "hex"));
    t.true(at > 0, from);
    return Buffer.concat([file.subarray(0, at), Buffer.from(to, "hex"), file.subarray(at + from.length / 2)]);
  };
  // The tuple (3, 2) of the first tensor's shape becomes (2^31 - 1, 2), and its strides (1, 3) become (0, 0).
  const shape = "4b034b0286";
  const large = sized(shape, "4affffff7f4b0286");
  await refused(t, large, /turned of weights\.pth cannot be used: it takes 4294967294 numbers up to \d+ of a storage of 6/);
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

function isRefusal(error: unknown): error is IdganError {
  return error instanceof IdganError && ["METRIC_INPUT", "DATA_INVALID"].includes(error.code);
}

async function refused(t: ExecutionContext, bytes: Buffer, said: RegExp): Promise<void> {
  try {
    readAll(await readTorchFile(sourceOf(bytes)));
    t.fail(`it was read; it should have said ${said.source}`);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    t.regex(error.message, said);
  }
}

/** Bytes as a file that is open. */
function sourceOf(bytes: Buffer): SourceFile {
  const part = (offset: number, end: number): Buffer => {
    if (!(offset >= 0 && offset <= end && end <= bytes.length)) throw new IdganError("DATA_INVALID", "The file weights.pth ends too early.");
    return bytes.subarray(offset, end);
  };
  return {
    path: "weights.pth",
    bytes: bytes.length,
    modified: 0,
    read: async (offset, length) => part(offset, offset + length),
    async *stream(offset, end) {
      yield part(offset, end);
    },
    expectUnchanged: async () => undefined,
    close: async () => undefined,
  };
}
