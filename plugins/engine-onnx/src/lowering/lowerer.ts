import { IdganError, type DataType, type Graph, type GraphNode, type Value } from "@idgan/core";
import { ModelBuilder } from "../onnx/builder.js";
import type { Attribute } from "../onnx/model.js";
import { fromBlocks, toBlocks } from "./blocks.js";
import { four, sameShape, sizeOf, type Form } from "./form.js";
import type { Product } from "./product.js";

/**
 * What the lowering aims at: `gather` is for a CPU: convolutions on blocks of channels, and Gather and Gemm where their channels make no whole blocks;
 * `native` keeps ONNX's Conv, for GPUs and for files that others read.
 */
export type LoweringStyle = "gather" | "native";

/** How convolutions are lowered. */
export interface LoweringPlan {
  readonly style: LoweringStyle;
  /** Channels to a block in ONNX Runtime's own convolutions on this processor; 0 where it has none. */
  readonly block: number;
  /** Bytes of patches that are made at a time, for a part of the batch, so that they are still in the processor's cache when they are used. */
  readonly patchesAtOnce: number;
  /** Patches of more bytes than this are made again for the gradient rather than kept. */
  readonly patchesKept: number;
  /** From so many bytes of patches on, a filter's gradient is worth rearranging. */
  readonly patchesTurned: number;
}

/** The plan for a style, with the limits that measured best. */
export function planOf(style: LoweringStyle, block = 0): LoweringPlan {
  return { style, block, patchesAtOnce: 16 * 2 ** 20, patchesKept: 64 * 2 ** 20, patchesTurned: 16 * 2 ** 20 };
}

/** Turns the values of one graph into names in one model; every kernel's lowering works through it. */
export class Lowerer {
  readonly builder = new ModelBuilder();
  readonly plan: LoweringPlan;
  readonly #forms = new Map<number, Form>();
  readonly #derived = new Map<string, string>();
  readonly #constants = new Map<number, ArrayLike<number>>();
  readonly #uses = new Map<number, number>();
  readonly #notes = new Map<string, Value>();
  readonly #products = new Map<string, Product>();

  constructor(graph: Graph, plan: LoweringPlan) {
    this.plan = plan;
    for (const { value, data } of graph.constants) this.#constants.set(value.id, data);
    const rectified = new Set(graph.nodes.flatMap(({ kernel, inputs }) => (kernel === "Relu" || kernel === "LeakyRelu" ? [inputs["x"]?.id] : [])));
    const used = [
      // A step of what is rectified too is taken of the rectified value: see its lowering.
      ...graph.nodes.flatMap(({ kernel, inputs }) => Object.values(inputs).filter(({ id }) => kernel !== "Step" || !rectified.has(id))),
      ...Object.values(graph.outputs),
      ...graph.variables.flatMap(({ after }) => (after ? [after] : [])),
    ];
    for (const value of used) this.#uses.set(value.id, this.uses(value) + 1);
  }

  /** How often the graph reads a value. */
  uses(value: Value): number {
    return this.#uses.get(value.id) ?? 0;
  }

  /** The elements of a constant, where the value is one. */
  constantOf(value: Value): ArrayLike<number> | undefined {
    return this.#constants.get(value.id);
  }

  place(value: Value, form: Form): void {
    this.#forms.set(value.id, form);
  }

  form(value: Value): Form {
    const form = this.#forms.get(value.id);
    if (form === undefined) throw new IdganError("INTERNAL", `Value ${value.id} of the graph is used before it is computed.`);
    return form;
  }

  /** The value's elements in tfjs's order under `shape`. */
  shaped(value: Value, shape: readonly number[]): string {
    const form = this.form(value);
    if (form.order === "uniform") {
      return shape.length === 0 ? form.name : this.once(`expand ${form.name} ${shape.join()}`, () => this.emit("Expand", [form.name, this.builder.int64(shape)]));
    }
    return this.reshape(form.order === "rows" ? form : this.#toRows(form, value), shape);
  }

  /** The value as tfjs sees it. */
  array(value: Value): string {
    return this.shaped(value, value.shape);
  }

  /** An image value as `[batch, channels, height, width]`. */
  channelsFirst(value: Value): string {
    const form = this.form(value);
    if (form.order === "channelsFirst") return form.name;
    const [batch, height, width, channels] = four(value.shape);
    const shape = [batch, channels, height, width];
    if (form.order === "uniform" || channels === 1 || height * width === 1) return this.shaped(value, shape);
    return this.transpose(this.array(value), [0, 3, 1, 2]);
  }

  /** An image value in blocks, as `[batch, channels, height, width]` to the operators that know of blocks. Its channels are a multiple of the block. */
  blocked(value: Value): string {
    const form = this.form(value);
    const [batch, height, width, channels] = four(value.shape);
    const shape = [batch, channels, height, width];
    if (form.order === "blocked") return this.reshape(form, shape);
    return form.order === "uniform" ? this.shaped(value, shape) : toBlocks(this, this.array(value), value.shape, value.dtype);
  }

  /** The same elements under another shape: no work, only a name. */
  reshape(form: Form, shape: readonly number[]): string {
    return sameShape(form.shape, shape) ? form.name : this.view(form.name, shape);
  }

  /** The elements that bear a name in the model under a shape. */
  view(name: string, shape: readonly number[]): string {
    return this.once(`reshape ${name} ${shape.join()}`, () => this.emit("Reshape", [name, this.builder.int64(shape)]));
  }

  transpose(name: string, perm: readonly number[]): string {
    return this.once(`transpose ${name} ${perm.join()}`, () => this.emit("Transpose", [name], { perm }));
  }

  /** Emits what `key` stands for the first time, and remembers its name. */
  once(key: string, emit: () => string): string {
    const known = this.#derived.get(key);
    if (known !== undefined) return known;
    const name = emit();
    this.#derived.set(key, name);
    return name;
  }

  emit(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}, domain = ""): string {
    return this.builder.emit(op, inputs, attributes, domain);
  }

  /** Puts a product's parts together, and remembers them: what works on every number alike can still become a part of each. */
  assemble(product: Product): string {
    const name = product.assemble(product.parts);
    this.#products.set(name, product);
    return name;
  }

  /** The product that `name` was assembled from. */
  productOf(name: string): Product | undefined {
    return this.#products.get(name);
  }

  /** Remembers that `value` is what `kind` makes of another value, for lowerings that can use it. */
  note(kind: string, of: Value, value: Value): void {
    this.#notes.set(`${kind} ${of.id}`, value);
  }

  noted(kind: string, of: Value): Value | undefined {
    return this.#notes.get(`${kind} ${of.id}`);
  }

  #toRows(form: Form, value: Value): Form {
    if (form.order === "blocked") return rows(fromBlocks(this, this.blocked(value), value.shape, value.dtype), value.shape);
    const [batch, channels, height, width] = four(form.shape);
    const shape = [batch, height, width, channels];
    const plain: Form = { ...form, order: "rows" };
    const name = channels === 1 || height * width === 1 ? this.reshape(plain, shape) : this.transpose(form.name, [0, 2, 3, 1]);
    return { name, shape, order: "rows" };
  }
}

/** Emits one kernel's operators and says where its first output lies. */
export type Lowering = (lowerer: Lowerer, node: GraphNode) => Form;

/** A form in tfjs's order. */
export function rows(name: string, shape: readonly number[]): Form {
  return { name, shape, order: "rows" };
}

/** The node's input of this name. */
export function inputOf(node: GraphNode, name: string): Value {
  const value = node.inputs[name];
  if (value === undefined) throw new IdganError("INTERNAL", `${node.kernel} has no input "${name}".`);
  return value;
}

/** The node's one output. */
export function outputOf(node: GraphNode): Value {
  const value = node.outputs[0];
  if (value === undefined || node.outputs.length > 1) throw new IdganError("INTERNAL", `${node.kernel} has ${node.outputs.length} outputs; one was expected.`);
  return value;
}

/** Bool is no number in ONNX; arithmetic on it works on int32. */
export function castTo(lowerer: Lowerer, name: string, from: DataType | "int64", to: DataType): string {
  const types = { float32: 1, int32: 6, bool: 9 } as const;
  return from === to ? name : lowerer.once(`cast ${name} ${to}`, () => lowerer.emit("Cast", [name], { to: types[to] }));
}

export function isEmpty(value: Value): boolean {
  return sizeOf(value.shape) === 0;
}
