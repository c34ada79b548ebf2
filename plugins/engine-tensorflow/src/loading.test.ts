import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { missingGpu, nameOfGpu } from "./device.js";
import { commandFor, lostPart, readRecord, writeRecord } from "./install-record.js";
import { restoreRemovedFunctions } from "./load.js";
import { explainLoading } from "./loading-failure.js";
import type { BindingPackage } from "./packages.js";
import { environmentOf } from "./settings.js";
import { standardOptions } from "./standard-options.js";

const folder = mkdtempSync(join(tmpdir(), "idgan-loading-"));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

test("what Node and the dynamic linker say ends with the command to run", (t) => {
  const command = "npx idgan engine install tensorflow --gpu";
  for (const [said, expected] of [
    ["libtensorflow_cc.so.2: cannot open shared object file: No such file or directory", /cannot find libtensorflow_cc\.so\.2.*Run: npx idgan engine install tensorflow --gpu$/],
    ["/x/a.node: undefined symbol: TFE_Foo", /of another release.*--gpu$/],
    ["/lib/libm.so.6: version `GLIBC_2.38' not found", /older release.*--release 2\.15\.1$/],
    ["/x/deps/lib/libtensorflow_cc.so.2: file too short", /^\/x\/deps\/lib\/libtensorflow_cc\.so\.2, which @tensorflow\/tfjs-node-gpu loads, is damaged.*--gpu$/],
    ["/x/a.node: cannot open shared object file: No such file or directory", /^\/x\/a\.node, .*another kind of machine.*--gpu$/],
    ["Module did not self-register: '/x/a.node'.", /^\/x\/a\.node, .*is damaged.*--gpu$/],
    ["The module '/x/a.node'\nwas compiled against a different Node.js version using\nNODE_MODULE_VERSION 93. This version of Node.js requires\nNODE_MODULE_VERSION 115. Please try re-compiling", /another Node than this v\d.*\(module version 93, and not 115\)\. Run: .*--gpu$/],
    ["something else", /failed while loading: something else\. Run: npx idgan engine install tensorflow --gpu$/],
  ] as const) t.regex(explainLoading(said, "@tensorflow/tfjs-node-gpu", command), expected);
});

test("an addon or a library that is no longer what was installed is told, with the line that brings the same again", (t) => {
  const root = mkdtempSync(join(folder, "package-"));
  const package_: BindingPackage = { name: "@tensorflow/tfjs-node-gpu", version: "4.22.0", folder: root, addon: join(root, "lib", "napi-v8", "a.node"), libraries: join(root, "deps", "lib") };
  t.is(lostPart(package_), undefined);
  for (const each of [join(root, "lib", "napi-v8"), package_.libraries]) mkdirSync(each, { recursive: true });
  for (const each of [package_.addon, join(package_.libraries, "libtensorflow_cc.so.2")]) writeFileSync(each, "whole");
  writeRecord(package_, { release: "2.15.1", kind: "gpu", from: "a wheel", lib: "/cache", command: commandFor({ from: "/my wheels/a.whl", gpu: true, release: "2.15.1", sha256: "ab" }) }, ["libtensorflow_cc.so.2"]);
  t.is(readRecord(package_)?.command, 'npx idgan engine install tensorflow --from "/my wheels/a.whl" --gpu --release 2.15.1 --sha256 ab');
  t.is(lostPart(package_), undefined);
  writeFileSync(join(package_.libraries, "libtensorflow_cc.so.2"), "another");
  t.regex(lostPart(package_) ?? "", /deps\/lib\/libtensorflow_cc\.so\.2 .*7 bytes, and not 5.*of another release\. Run: npx .*--sha256 ab$/);
  rmSync(package_.addon);
  t.regex(lostPart(package_) ?? "", /lib\/napi-v8\/a\.node .*is gone.*Run: npx/);
});

test("functions that Node 23 removed are there for tfjs-node", async (t) => {
  restoreRemovedFunctions();
  const util = (await import("node:util")).default as unknown as { isNullOrUndefined(value: unknown): boolean; isArray(value: unknown): boolean };
  t.deepEqual([util.isNullOrUndefined(null), util.isNullOrUndefined(0), util.isArray([])], [true, false, true]);
});

test("a GPU is named with its memory and driver where nvidia-smi says them, else by its number", (t) => {
  const { PATH } = process.env;
  t.teardown(() => void (process.env["PATH"] = PATH));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "nvidia-smi"), `#!/bin/sh\ncase "$*" in *"-i 1") echo "NVIDIA H100 80GB HBM3, 81559 MiB, 570.86.15" ;; *) exit 6 ;; esac\n`, { mode: 0o755 });
  process.env["PATH"] = `${bin}:${PATH}`;
  t.is(nameOfGpu("1,0"), "NVIDIA H100 80GB HBM3, 81559 MiB, driver 570.86.15");
  t.is(nameOfGpu("7"), "NVIDIA GPU 7");
});

test("what keeps a GPU from computing ends with what to do", (t) => {
  const cpu = { kind: "cpu", files: {} } as const;
  t.regex(missingGpu(cpu, false), /no NVIDIA driver.*then run npx idgan engine install tensorflow --gpu, or set engine\.options\.device to cpu$/);
  t.regex(missingGpu({ kind: "gpu", files: {} }, false), /no NVIDIA driver.*--gpus all\), or set engine\.options\.device to cpu$/);
  t.regex(missingGpu(cpu, true), /built for CPUs\. Run: npx idgan engine install tensorflow --gpu$/);
  t.regex(missingGpu({ kind: "gpu", files: { "deps/lib/libcudart.so.12": 1 } }, true), /driver does not answer, or is older.*--gpu --release 2\.15\.1$/);
  t.regex(missingGpu({ kind: "gpu", files: {} }, true), /no CUDA was installed with it.*--gpu$/);
});

test("settings are TensorFlow's variables of the environment", (t) => {
  t.is(environmentOf({ ...standardOptions, device: "cpu" })["CUDA_VISIBLE_DEVICES"], "-1");
  t.is(environmentOf({ ...standardOptions, threads: 3 })["TF_NUM_INTRAOP_THREADS"], "3");
  t.is(environmentOf({ ...standardOptions, deterministic: true })["TF_DETERMINISTIC_OPS"], "1");
  t.is(environmentOf(standardOptions)["TF_NUM_INTRAOP_THREADS"], undefined);
});
