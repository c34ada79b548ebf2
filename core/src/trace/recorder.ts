import { IdganError } from "../contract/error.js";
import type { Constant, DataType, Graph, GraphNode, Value } from "./graph.js";
import { kernelRules } from "./kernels/table.js";
import { sizeOf, type Attributes, type Inputs, type KernelCall } from "./kernels/rule.js";
import { currentOrigin } from "./origin.js";

type Data = Constant["data"];

export function typedArray(data: ArrayLike<number>, dtype: DataType): Data {
  if (dtype === "float32") return Float32Array.from(data);
  return dtype === "int32" ? Int32Array.from(data) : Uint8Array.from(data);
}

/** Collects the nodes and constants of one trace, in values; it knows nothing of tensors. */
export class Recorder {
  readonly #nodes: GraphNode[] = [];
  readonly #constants: Constant[] = [];
  #nextId = 0;

  value(shape: readonly number[], dtype: DataType): Value {
    return { id: this.#nextId++, shape: [...shape], dtype };
  }

  constant(data: ArrayLike<number>, shape: readonly number[], dtype: DataType): Value {
    const value = this.value(shape, dtype);
    this.#constants.push({ value, data: typedArray(data, dtype) });
    return value;
  }

  uniform(shape: readonly number[], number: number, dtype: DataType): Value {
    const size = sizeOf(shape);
    if (size <= 1) return this.constant(size === 0 ? [] : [number], shape, dtype);
    return this.#record("BroadcastTo", { x: this.constant([number], [], dtype) }, { shape: [...shape] }, shape, dtype);
  }

  /** Records one call of a tfjs kernel by its rule. */
  run(kernel: string, inputs: Inputs, attrs: Attributes = {}): readonly Value[] {
    const rule = kernelRules[kernel];
    if (!rule) throw unknownKernel(kernel);
    const only = (values: readonly Value[]): Value => {
      const [value] = values;
      if (!value) throw new IdganError("INTERNAL", `${kernel} recorded no value.`);
      return value;
    };
    const call: KernelCall = {
      kernel,
      inputs,
      attrs,
      input: (name) => {
        const value = inputs[name];
        if (!value) throw new IdganError("INTERNAL", `${kernel} came without its input "${name}".`);
        return value;
      },
      record: (shape, dtype, normalised = {}, given = inputs) => this.#record(kernel, given, normalised, shape, dtype),
      run: (name, given, options) => only(this.run(name, given, options)),
      constant: (data, shape, dtype) => this.constant(data, shape, dtype),
      uniform: (shape, number, dtype) => this.uniform(shape, number, dtype),
    };
    const result = rule(call);
    return "id" in result ? [result] : result;
  }

  graph(rest: Omit<Graph, "nodes" | "constants">): Graph {
    return { ...rest, nodes: this.#nodes, constants: this.#constants };
  }

  /** The kernel whose result this is, or what else it is. */
  describe(value: Value): string {
    const node = this.#nodes.find((candidate) => candidate.outputs.includes(value));
    return node ? `the result of ${node.kernel}, from ${node.origin}` : "an input or a variable";
  }

  #record(kernel: string, inputs: Inputs, attrs: Attributes, shape: readonly number[], dtype: DataType): Value {
    if (sizeOf(shape) === 0) return this.constant([], shape, dtype);
    const empty = Object.values(inputs).find((input) => sizeOf(input.shape) === 0);
    if (empty) {
      throw new IdganError("ENGINE_KERNEL", `${kernel} of an empty tensor [${empty.shape.join(", ")}] cannot be traced (called by ${currentOrigin()}).`);
    }
    const output = this.value(shape, dtype);
    this.#nodes.push({ kernel, inputs, attrs, outputs: [output], origin: currentOrigin() });
    return output;
  }
}

export function unknownKernel(kernel: string): IdganError {
  return new IdganError(
    "ENGINE_KERNEL",
    `The tfjs kernel ${kernel}, called by ${currentOrigin()}, cannot be traced. Use other ops there, or run with the eager engine.`,
  );
}
