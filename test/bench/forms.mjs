// Forms of a filter's gradient, `[windows, rows]` transposed times `[windows, columns]`, in turn on one thread, by processor time: node test/bench/forms.mjs
import { createRequire } from "node:module";
import { ModelBuilder } from "../../plugins/engine-onnx/dist/onnx/builder.js";
import { encodeModel } from "../../plugins/engine-onnx/dist/onnx/encode.js";

const { InferenceSession, Tensor } = createRequire(new URL("../../plugins/engine-onnx/package.json", import.meta.url))("onnxruntime-node");
const rounds = 9;
const shapes = [
  [18496, 128, 128], [4096, 512, 64], [8192, 512, 32], [65536, 16, 32], [1024, 1024, 64], [65536, 576, 64], [4096, 1152, 128], [1024, 2304, 256], [256, 4608, 512],
];

/** What each form emits for `a` `[windows, rows]` and `b` `[windows, columns]`, and the shape of its result. */
const forms = {
  "one product": (builder, a, b, [, height, width]) => [builder.emit("Gemm", [a, b], { transA: 1 }), [height, width]],
  "in parts": (builder, a, b, [windows, height, width]) => {
    const parts = windows % 16 === 0 ? Math.min(16, windows / 2048) : 8;
    const split = (name, columns) => builder.emit("Reshape", [name, builder.int64([parts, windows / parts, columns])]);
    const products = builder.emit("FusedMatMul", [split(a, height), split(b, width)], { transA: 1 }, "com.microsoft");
    return [builder.emit("ReduceSum", [products, builder.int64([0])], { keepdims: 0 }), [height, width]];
  },
  "other factor transposed": (builder, a, b, [, height, width]) => [builder.emit("Gemm", [b, a], { transA: 1 }), [width, height]],
  "transposed first": (builder, a, b, [, height, width]) => [builder.emit("Gemm", [builder.emit("Transpose", [b], { perm: [1, 0] }), a]), [width, height]],
};

async function contestant(form, shape) {
  const [windows, height, width] = shape;
  const builder = new ModelBuilder();
  const [name, result] = form(builder, builder.input("a", "float32", [windows, height]), builder.input("b", "float32", [windows, width]), shape);
  builder.output(name, "float32", result);
  const session = await InferenceSession.create(encodeModel(builder.build("form")), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const tensor = (lengths) => new Tensor("float32", new Float32Array(lengths[0] * lengths[1]).fill(0.5), lengths);
  const feeds = { a: tensor([windows, height]), b: tensor([windows, width]) };
  const results = { [name]: tensor(result) };
  return { run: () => session.run(feeds, results), least: Infinity };
}

console.log(`| windows, rows, columns | ${Object.keys(forms).join(" | ")} |\n|---|---|---|---|---|`);
for (const shape of shapes) {
  const field = [];
  for (const [name, form] of Object.entries(forms)) field.push(name === "in parts" && shape[0] < 4096 ? undefined : await contestant(form, shape));
  for (let round = 0; round < rounds; round += 1) {
    for (const entry of field.filter(Boolean)) {
      const used = process.cpuUsage();
      await entry.run();
      const { user, system } = process.cpuUsage(used);
      entry.least = Math.min(entry.least, (user + system) / 1000);
    }
  }
  console.log(`| ${shape.join(", ")} | ${field.map((entry) => (entry ? entry.least.toFixed(1) : "–")).join(" | ")} |`);
}
