// Where the time to compile a subject's first step goes: node test/bench/compiling.mjs [--model resnetgan-64] [--threads 2]
import { parseArgs } from "node:util";
import { createOnnxEngine } from "@idgan/engine-onnx";
import { optimise, traceStep } from "@idgan/core";
import { createSubject } from "./subjects.mjs";

const { values } = parseArgs({ options: { model: { type: "string", default: "vae" }, threads: { type: "string", default: "2" } } });
const engine = await createOnnxEngine({ threads: Number(values.threads), providers: ["cpu"] });

/** Processor seconds of a part, which other programs do not change much. */
async function timed(run) {
  const used = process.cpuUsage();
  const result = await run();
  const { user, system } = process.cpuUsage(used);
  return { result, seconds: (user + system) / 1e6 };
}

const parts = {};
const observed = {
  ...engine,
  async compile(step) {
    const traced = await timed(() => traceStep(step));
    const optimised = await timed(() => optimise(traced.result));
    const all = await timed(() => engine.compile(step));
    Object.assign(parts, {
      trace: traced.seconds,
      passes: optimised.seconds,
      "lowering and session": all.seconds - traced.seconds - optimised.seconds,
      "nodes traced": traced.result.nodes.length,
      "nodes after the passes": optimised.result.nodes.length,
    });
    return all.result;
  },
};
const subject = await createSubject(values.model, observed);
console.log(JSON.stringify({ model: values.model, ...Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, Number(value.toPrecision(3))])) }));
await subject.dispose();
await engine.dispose();
