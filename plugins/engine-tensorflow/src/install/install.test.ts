import { existsSync, mkdtempSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { InstallReporter } from "@idgan/core";
import test from "ava";
import { readFile } from "node:fs/promises";
import { fetchFile } from "./download.js";
import { writingTo } from "./failure.js";
import { bringLibrary } from "./library.js";
import { findLibraries } from "./library-folder.js";
import { isOlder, oldestRelease } from "./releases.js";
import { cudaWheelsOf, releaseOf, unpackCuda, unpackTensorflow } from "./wheel.js";

const folder = mkdtempSync(join(tmpdir(), "idgan-install-"));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const silent: InstallReporter = { stage: () => undefined, progress: () => undefined, note: () => undefined };

/** A wheel of these files, stored and not packed, with a RECORD of their hashes or of `record`. */
function writeWheel(name: string, files: Readonly<Record<string, string>>, record?: string): string {
  const hashes = Object.entries(files).map(([path, content]) => `${path},sha256=${createHash("sha256").update(content).digest("base64url")},${content.length}`);
  const all = { ...files, "x-1.dist-info/RECORD": record ?? hashes.join("\n") };
  const [locals, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [path, content] of Object.entries(all)) {
    const data = Buffer.from(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(Buffer.byteLength(path), 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt32LE(crc32(data), 16);
    for (const at of [20, 24]) entry.writeUInt32LE(data.length, at);
    entry.writeUInt16LE(Buffer.byteLength(path), 28);
    entry.writeUInt32LE(offset, 42);
    locals.push(local, Buffer.from(path), data);
    directory.push(entry, Buffer.from(path));
    offset += 30 + Buffer.byteLength(path) + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(all).length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  const file = join(folder, name);
  writeFileSync(file, Buffer.concat([...locals, ...directory, end]));
  return file;
}

const library = { "tensorflow/libtensorflow_cc.so.2": "cc", "tensorflow/libtensorflow_framework.so.2": "framework", "tensorflow/include/tensorflow/c/eager/c_api.h": "h", "tensorflow/python/other.so": "no" };
/** Where releases since 2.12 have the header that the C API's own include. */
const statusHeaders = ["include/tensorflow/tsl/c/tsl_status.h", "include/tsl/c/tsl_status.h", "include/xla/tsl/c/tsl_status.h"];

test("of TensorFlow's wheel the libraries and the C API's headers are unpacked, and no more", async (t) => {
  const target = join(folder, "unpacked");
  const headers = Object.fromEntries(statusHeaders.map((name) => [`tensorflow/${name}`, name]));
  await unpackTensorflow(writeWheel("tensorflow_cpu-2.19.1-x.whl", { ...library, ...headers }), target, silent);
  for (const name of statusHeaders) t.is(await readFile(join(target, name), "utf8"), name);
  t.is(await readFile(join(target, "lib", "libtensorflow_cc.so.2"), "utf8"), "cc");
  const { lib, include } = await findLibraries(target);
  t.deepEqual([lib, include], [join(target, "lib"), join(target, "include")]);
  await t.throwsAsync(readFile(join(target, "python", "other.so")));
});

test("a wheel whose file is not what its RECORD says, and one without the C API, are refused", async (t) => {
  const damaged = writeWheel("tensorflow-2.18.1-x.whl", library, "tensorflow/libtensorflow_cc.so.2,sha256=AAAA,2");
  await t.throwsAsync(unpackTensorflow(damaged, join(folder, "damaged"), silent), { code: "ENGINE_INSTALL", message: /not what the wheel's RECORD says.*Delete/ });
  const old = writeWheel("tensorflow-2.9.1-x.whl", { "tensorflow/python/_pywrap.so": "x" });
  await t.throwsAsync(unpackTensorflow(old, join(folder, "old"), silent), { code: "ENGINE_INSTALL", message: /no libtensorflow_cc/ });
});

test("the CUDA wheels that a wheel asks for are read from its metadata, as old and as new ones write it", async (t) => {
  const wheel = writeWheel("tensorflow-2.15.1-x.whl", { "t.dist-info/METADATA": [
    "Requires-Dist: numpy <2.0", "Requires-Dist: nvidia-cublas-cu12 (==12.2.5.6) ; extra == 'and-cuda'", "Requires-Dist: nvidia-cudnn-cu12 ==9.3.0.75 ; extra == 'and-cuda'",
    'Requires-Dist: nvidia-nccl-cu12<3.0,>=2.27.7; extra == "and-cuda"', "Requires-Dist: nvidia-other-cu12 ==1.0 ; extra == 'other'",
  ].join("\n") });
  t.deepEqual(await cudaWheelsOf(wheel), [{ project: "nvidia-cublas-cu12", version: "12.2.5.6" }, { project: "nvidia-cudnn-cu12", version: "9.3.0.75" }, { project: "nvidia-nccl-cu12", version: "2.27.7" }]);
  await unpackCuda(writeWheel("nvidia_cudnn_cu12-9-x.whl", { "nvidia/cudnn/lib/libcudnn.so.9": "dnn", "nvidia/cudnn/include/cudnn.h": "h" }), join(folder, "cuda"), silent);
  t.is(await readFile(join(folder, "cuda", "libcudnn.so.9"), "utf8"), "dnn");
});

test("the release stands in a wheel's name, and releases are compared as numbers", (t) => {
  t.is(releaseOf("/a/tensorflow_cpu-2.19.1-cp311-cp311-manylinux_2_17_x86_64.whl"), "2.19.1");
  t.throws(() => releaseOf("numpy-2.0.0-x.whl"), { code: "ENGINE_INSTALL" });
  t.deepEqual([isOlder("2.9.1", oldestRelease), isOlder("2.12.0", oldestRelease), isOlder("2.100.0", "2.99.9"), isOlder("3.0.0", "2.21.0")], [true, false, false, false]);
});

test("what cannot be installed from is refused with what can", async (t) => {
  const cache = join(folder, "cache");
  const bring = (from: string, release?: string) => bringLibrary({ from, gpu: false, ...(release === undefined ? {} : { release }) }, cache, silent);
  await t.throwsAsync(bring(join(folder, "nothing")), { code: "ENGINE_INSTALL", message: /no such file or folder. It takes wheel, tarball/ });
  await t.throwsAsync(bring("wheel", "2.9.1"), { code: "ENGINE_INSTALL", message: /2\.9\.1 have no library with the C API/ });
  await t.throwsAsync(bring("wheel", "newest"), { code: "ENGINE_INSTALL", message: /three numbers/ });
  mkdirSync(join(folder, "empty"));
  await t.throwsAsync(bring(join(folder, "empty")), { code: "ENGINE_INSTALL", message: /holds no library of TensorFlow/ });
  writeFileSync(join(folder, "x-2.15.0.tar.gz"), "no archive");
  await t.throwsAsync(bring(join(folder, "x-2.15.0.tar.gz")), { code: "ENGINE_INSTALL", message: /could not be unpacked/ });
  const wrong = bringLibrary({ from: join(folder, "x-2.15.0.tar.gz"), gpu: false, sha256: "00" }, cache, silent);
  await t.throwsAsync(wrong, { code: "ENGINE_INSTALL", message: /has the SHA-256 .*, not 00/ });
});

test("a second call finds the libraries whole, and one that finds some gone brings them anew", async (t) => {
  const notes: string[] = [];
  const reporter = { ...silent, note: (text: string) => void notes.push(text) };
  const bring = () => bringLibrary({ from: writeWheel("tensorflow_cpu-2.19.1-kept.whl", library), gpu: false }, join(folder, "shelf"), reporter);
  const { lib, release } = await bring();
  t.is(release, "2.19.1");
  t.deepEqual(notes, []);
  t.deepEqual(await bring(), { release, kind: "cpu", from: join(folder, "tensorflow_cpu-2.19.1-kept.whl"), lib, include: join(lib, "..", "include") });
  t.regex(notes.pop() ?? "", /is there already/);
  rmSync(join(lib, "libtensorflow_framework.so.2"));
  await bring();
  t.regex(notes.pop() ?? "", /not whole: libtensorflow_framework\.so\.2 is missing.*brought anew/);
  t.is(await readFile(join(lib, "libtensorflow_framework.so.2"), "utf8"), "framework");
});

test("a download goes on where it stopped, and a host that says no is named", async (t) => {
  const content = Buffer.alloc(100_000, "x");
  let cut = true;
  const ranges: (string | undefined)[] = [];
  const server: Server = createServer((request, response) => {
    if (request.url === "/none.tar.gz") return void response.writeHead(404).end();
    ranges.push(request.headers.range);
    if (request.headers.range === `bytes=${content.length}-`) return void response.writeHead(416).end();
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, { "content-length": content.length - from });
    if (!cut) return void response.end(content.subarray(from));
    cut = false;
    response.write(content.subarray(0, 40_000), () => setTimeout(() => response.destroy(), 50));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  t.teardown(() => server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const place = join(folder, "downloads");
  await t.throwsAsync(fetchFile(`${address}/lib.tar.gz`, place, silent), { code: "ENGINE_INSTALL", message: /could not be fetched/ });
  const file = await fetchFile(`${address}/lib.tar.gz`, place, silent);
  t.deepEqual(await readFile(file), content);
  t.is(ranges[0], undefined);
  t.regex(ranges[1] ?? "", /^bytes=[1-9]\d*-$/);
  writeFileSync(join(place, "all.tar.gz.partial"), content);
  t.deepEqual(await readFile(await fetchFile(`${address}/all.tar.gz`, place, silent)), content);
  await t.throwsAsync(fetchFile(`${address}/none.tar.gz`, place, silent), { code: "ENGINE_INSTALL", message: /answered 404.*leave --from out/ });
});

test("a cache folder that cannot be written to is named, with what to do", async (t) => {
  const file = join(folder, "no-folder");
  writeFileSync(file, "");
  const bring = () => bringLibrary({ from: writeWheel("tensorflow_cpu-2.19.1-nowhere.whl", library), gpu: false }, join(file, "tensorflow"), silent);
  await t.throwsAsync(writingTo(file, "Choose another.", bring), { code: "ENGINE_INSTALL", message: /no-folder is no folder \(ENOTDIR.*\)\. Choose another\.$/ });
  const full = Object.assign(new Error("write"), { code: "ENOSPC" });
  await t.throwsAsync(writingTo(file, "Choose another.", () => Promise.reject(full)), { code: "ENGINE_INSTALL", message: /is full \(write\)/ });
  const elsewhere = Object.assign(new Error("read"), { code: "EACCES", path: "/elsewhere" });
  await t.throwsAsync(writingTo(file, "Choose another.", () => Promise.reject(elsewhere)), { message: "read" });
});

test("half a library is not left behind, and a file from an address that cannot be used is fetched anew", async (t) => {
  const cache = join(folder, "half");
  const broken = writeWheel("tensorflow_cpu-2.19.1-broken.whl", library, "tensorflow/libtensorflow_cc.so.2,sha256=AAAA,2");
  await t.throwsAsync(bringLibrary({ from: broken, gpu: false }, cache, silent), { code: "ENGINE_INSTALL" });
  t.deepEqual(existsSync(cache) ? readdirSync(cache) : [], []);
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.end("no archive");
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  t.teardown(() => server.close());
  const from = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x-2.15.0.tar.gz`;
  for (const attempt of [1, 2]) {
    await t.throwsAsync(bringLibrary({ from, gpu: false }, cache, silent), { code: "ENGINE_INSTALL", message: /could not be unpacked/ });
    t.is(requests, attempt);
  }
});
