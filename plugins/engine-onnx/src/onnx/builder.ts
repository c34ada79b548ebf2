import type { Attribute, ElementType, OnnxModel, OnnxNode, OnnxPort, OnnxTensor } from "./model.js";

/** What a tensor of these elements is written from. */
export type ElementArray = Float32Array | Int32Array | BigInt64Array | Uint8Array;


/** Collects a model node by node; equal constants become one initializer, and nodes that nothing needs are left out. */
export class ModelBuilder {
  readonly #nodes: OnnxNode[] = [];
  readonly #producers = new Map<string, OnnxNode>();
  readonly #initializers = new Map<string, OnnxTensor>();
  readonly #inputs: OnnxPort[] = [];
  readonly #outputs: OnnxPort[] = [];
  #next = 0;
  #origin = "";

  /** Names the nodes that follow, for errors and profiles. */
  set origin(origin: string) {
    this.#origin = origin;
  }

  input(name: string, type: ElementType, shape: readonly number[]): string {
    this.#inputs.push({ name, type, shape });
    return name;
  }

  output(name: string, type: ElementType, shape: readonly number[]): void {
    this.#outputs.push({ name, type, shape });
  }

  /** An output that is an empty list of tensors, before all others. */
  emptySequence(name: string): void {
    this.emit("SequenceEmpty", [], {}, "", name);
    this.#outputs.unshift({ name, type: "float32", shape: [], sequence: true });
  }

  /** One operator with one output, whose name it returns: a new one unless given, which no input or output of a step is called. */
  emit(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}, domain = "", output = `/v${this.#next++}`): string {
    const node: OnnxNode = { op, inputs, outputs: [output], attributes, domain, name: `${this.#origin}#${output}` };
    this.#nodes.push(node);
    this.#producers.set(output, node);
    return output;
  }

  /** The operator that wrote `name`; none for inputs and constants. */
  producer(name: string): OnnxNode | undefined {
    return this.#producers.get(name);
  }

  /** A constant tensor; `shape` is the array's length unless given. */
  constant(type: ElementType, data: ElementArray, shape: readonly number[] = [data.length]): string {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const key = `${type}[${shape.join()}]${Buffer.from(bytes).toString("latin1")}`;
    const known = this.#initializers.get(key);
    if (known !== undefined) return known.name;
    const tensor: OnnxTensor = { name: `/c${this.#initializers.size}`, type, shape, bytes };
    this.#initializers.set(key, tensor);
    return tensor.name;
  }

  /** One float32 number, rank 0. */
  scalar(value: number): string {
    return this.constant("float32", Float32Array.of(value), []);
  }

  /** A shape, axes or offsets: a one-dimensional int64 constant. */
  int64(values: readonly number[]): string {
    return this.constant("int64", BigInt64Array.from(values, BigInt));
  }

  /** Indices for Gather. */
  int32(values: ArrayLike<number>): string {
    return this.constant("int32", Int32Array.from(values));
  }

  /** `keepInputs`: with those that nothing reads. */
  build(name: string, { keepInputs = false } = {}): OnnxModel {
    const needed = new Set(this.#outputs.map((port) => port.name));
    const nodes: OnnxNode[] = [];
    for (const node of this.#nodes.toReversed()) {
      if (!node.outputs.some((output) => needed.has(output))) continue;
      for (const input of node.inputs) needed.add(input);
      nodes.push(node);
    }
    return {
      name,
      nodes: nodes.toReversed(),
      initializers: [...this.#initializers.values()].filter((tensor) => needed.has(tensor.name)),
      inputs: this.#inputs.filter((port) => keepInputs || needed.has(port.name)),
      outputs: this.#outputs,
    };
  }
}
