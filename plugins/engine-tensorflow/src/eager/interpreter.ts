import { IdganError, type DataType } from "@idgan/core";
import type { Binding, OpAttribute, TensorMetadata } from "../binding.js";
import type { Elements } from "../saved-model/builder.js";
import type { Attribute, NodeDef } from "../saved-model/graph-def.js";

/** Runs nodes one by one, by the same binding that TensorFlow.js's own kernels call. */
export class Interpreter {
  readonly #binding: Binding;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /** Runs `nodes`, whose placeholders are the tensors `given`, and returns the tensor of the last; the others that it made are deleted. */
  run(nodes: readonly NodeDef[], given: ReadonlyMap<string, number>): TensorMetadata {
    const tensors = new Map(given);
    const made: number[] = [];
    let last: TensorMetadata | undefined;
    try {
      for (const node of nodes) {
        if (tensors.has(node.name)) continue;
        last = this.#execute(node, tensors);
        tensors.set(node.name, last.id);
        made.push(last.id);
      }
    } catch (error) {
      for (const id of made) this.#binding.deleteTensor(id);
      throw error;
    }
    for (const id of made) if (id !== last?.id) this.#binding.deleteTensor(id);
    if (last === undefined) throw new IdganError("INTERNAL", "A kernel has no node to run.");
    return last;
  }

  #execute({ name, op, inputs, attributes }: NodeDef, tensors: ReadonlyMap<string, number>): TensorMetadata {
    if (op === "Const") {
      const content = attributes["value"];
      if (content === undefined || !("tensor" in content)) throw new IdganError("INTERNAL", `The constant ${name} has no value.`);
      const { dtype, shape, bytes } = content.tensor;
      return { id: this.#binding.createTensor(shape, this.#type(dtype), elementsIn(bytes, dtype)), shape, dtype: this.#type(dtype) };
    }
    const ids = inputs.map((input) => {
      const id = tensors.get(input);
      if (id === undefined) throw new IdganError("INTERNAL", `${name} needs ${input}, which was not computed.`);
      return id;
    });
    const [output] = this.#binding.executeOp(op, Object.entries(attributes).map(([key, value]) => this.#attribute(key, value)), ids, 1);
    if (!output) throw new IdganError("INTERNAL", `${op} gave no tensor.`);
    return output;
  }

  #attribute(name: string, value: Attribute): OpAttribute {
    const { TF_ATTR_TYPE, TF_ATTR_INT, TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_ATTR_STRING } = this.#binding;
    if ("type" in value) return { name, type: TF_ATTR_TYPE, value: this.#type(value.type) };
    if ("int" in value) return { name, type: TF_ATTR_INT, value: value.int };
    if ("ints" in value) return { name, type: TF_ATTR_INT, value: value.ints };
    if ("float" in value) return { name, type: TF_ATTR_FLOAT, value: value.float };
    if ("bool" in value) return { name, type: TF_ATTR_BOOL, value: value.bool };
    if ("text" in value) return { name, type: TF_ATTR_STRING, value: value.text };
    throw new IdganError("INTERNAL", `The attribute ${name} cannot be given to one op.`);
  }

  #type(dtype: DataType): number {
    const { TF_FLOAT, TF_INT32, TF_BOOL } = this.#binding;
    return { float32: TF_FLOAT, int32: TF_INT32, bool: TF_BOOL }[dtype];
  }
}

/** The bytes as elements, in memory of their own. */
function elementsIn(bytes: Uint8Array, dtype: DataType): Elements {
  const { buffer } = bytes.slice();
  if (dtype === "bool") return new Uint8Array(buffer);
  return dtype === "int32" ? new Int32Array(buffer) : new Float32Array(buffer);
}
