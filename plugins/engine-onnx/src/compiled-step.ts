import { IdganError, messageOf, type CompiledStep, type Step } from "@idgan/core";
import type { LoweredGraph, Port } from "./lowering/lower.js";
import { sizeOf } from "./lowering/form.js";
import { barrier } from "./output-barrier.js";
import type { Cell, Elements } from "./cell.js";
import { Tensor, type InferenceSession } from "./runtime.js";
import { tensorOver, type VariableStore } from "./state.js";

/** A cell's buffers as tensors of one step. */
interface Binding {
  readonly cell: Cell;
  readonly name: string;
  over(elements: Elements): Tensor;
}

function bindingOf(cell: Cell, port: Port): Binding {
  const tensors = new WeakMap<Elements, Tensor>();
  return {
    cell,
    name: port.name,
    over(elements) {
      const known = tensors.get(elements) ?? tensorOver(elements, port);
      tensors.set(elements, known);
      return known;
    },
  };
}

/**
 * A lowered step in a session, its variables bound to the store's buffers; ready to run any number of times.
 * `barred` is what the binding says of a barrier before the outputs, where the model has one.
 */
export function createCompiledStep<Input extends string, Output extends string>(
  step: Step<Input, Output>,
  lowered: LoweredGraph,
  session: InferenceSession,
  store: VariableStore,
  barred?: string,
): CompiledStep<Input, Output> {
  const reads = lowered.variables.flatMap(({ variable, before }) => (before ? [bindingOf(store.cell(variable), before)] : []));
  const writes = lowered.variables.flatMap(({ variable, after }) => (after ? [bindingOf(store.cell(variable), after)] : []));
  const empty = lowered.emptyOutputs;

  return {
    name: step.name,
    async run(feeds, fetch = true) {
      const inputs: Record<string, Tensor> = feedsOf(step, lowered, feeds);
      for (const { cell, name, over } of reads) inputs[name] = over(cell.present);
      const results: Record<string, Tensor | null> = {};
      for (const { cell, name, over } of writes) results[name] = over(cell.spare);
      const fetched: Record<string, Float32Array> = Object.fromEntries(empty.map((name) => [name, new Float32Array(0)]));
      for (const [name, port] of Object.entries(lowered.outputs)) {
        if (!fetch) break;
        const elements = new Float32Array(sizeOf(port.shape));
        fetched[name] = elements;
        results[port.name] = tensorOver(elements, port);
      }
      if (Object.keys(results).length > 0) await runSession(session, step.name, inputs, results, barred);
      for (const { cell } of writes) cell.swap();
      return (fetch ? fetched : {}) as Record<Output, Float32Array>;
    },
    async dispose() {
      for (const { cell } of writes) cell.settle();
      await session.release();
    },
  };
}

function feedsOf<Input extends string>(step: Step<Input>, lowered: LoweredGraph, feeds: Readonly<Record<Input, Float32Array>>): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  for (const name of Object.keys(step.inputs) as Input[]) {
    const shape = step.inputs[name];
    const feed: Float32Array | undefined = feeds[name];
    if (feed?.length !== sizeOf(shape)) {
      throw new IdganError("INTERNAL", `Input "${name}" of step "${step.name}" needs ${sizeOf(shape)} numbers for [${shape.join(", ")}], and got ${feed?.length ?? "none"}.`);
    }
    const port = lowered.inputs[name];
    if (port) tensors[port.name] = tensorOver(feed, port);
  }
  return tensors;
}

async function runSession(session: InferenceSession, name: string, inputs: Record<string, Tensor>, results: Record<string, Tensor | null>, barred?: string): Promise<void> {
  try {
    await session.run(inputs, barred === undefined ? results : { [barrier]: null, ...results });
  } catch (error) {
    const message = messageOf(error);
    if (message !== barred) throw new IdganError("INTERNAL", `ONNX Runtime failed in step "${name}": ${message}`, error);
  }
}
