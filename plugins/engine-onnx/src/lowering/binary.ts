import type { DataType, GraphNode, Value } from "@idgan/core";
import { four, sameShape, sizeOf, type Form } from "./form.js";
import { castTo, inputOf, outputOf, rows, type Lowerer, type Lowering } from "./lowerer.js";
import { withBias } from "./product.js";

/** What a binary operator is given: names that broadcast by ONNX's rule, and the form of the result. */
export interface Operands {
  readonly a: string;
  readonly b: string;
  readonly shape: readonly number[];
  readonly order: Form["order"];
}

/**
 * Brings two values that broadcast to `shape` under shapes that broadcast alike, without moving an element:
 * whatever shape the larger one has is kept when the other has the same, is a scalar, or is one number per channel.
 */
export function align(lowerer: Lowerer, a: Value, b: Value, shape: readonly number[]): Operands {
  const leader = leaderOf(lowerer, [a, b], shape);
  if (leader === undefined) return { a: lowerer.array(a), b: lowerer.array(b), shape, order: "rows" };
  const first = beside(lowerer, a, shape, leader);
  const second = beside(lowerer, b, shape, leader);
  if (first === undefined || second === undefined) return { a: lowerer.array(a), b: lowerer.array(b), shape, order: "rows" };
  return { a: first, b: second, shape: leader.shape, order: leader.order };
}

/** The form that the result should have: that of a full-sized operand, blocks before other orders, and rows before one number for all. */
export function leaderOf(lowerer: Lowerer, values: readonly Value[], shape: readonly number[]): Form | undefined {
  if (sizeOf(shape) === 1) return rows("", []);
  const rank = { blocked: 0, channelsFirst: 1, rows: 2, uniform: 3 } as const;
  const full = values.filter((value) => sameShape(value.shape, shape)).map((value) => lowerer.form(value));
  const leader = full.sort((x, y) => rank[x.order] - rank[y.order])[0];
  if (leader === undefined) return undefined;
  // Something smaller may yet vary where a uniform value does not.
  if (leader.order === "uniform") return values.every((value) => isUniform(lowerer, value)) ? leader : undefined;
  if (leader.order === "blocked") {
    const [batch, height, width, channels] = four(shape);
    const { block } = lowerer.plan;
    const perChannel = values.some((value) => sizeOf(value.shape) === channels && !sameShape(value.shape, shape));
    return { ...leader, shape: perChannel ? [batch, channels / block, height * width, block] : [batch, channels, height, width] };
  }
  // ONNX Runtime broadcasts over runs of the last axis: an axis of length 1 there makes it thirty times as slow.
  return leader.order === "rows" ? rows(leader.name, leader.shape.filter((length) => length !== 1)) : leader;
}

function isUniform(lowerer: Lowerer, value: Value): boolean {
  return lowerer.form(value).order === "uniform" || sizeOf(value.shape) === 1;
}

/** `value` under a shape that broadcasts to the leader's; `undefined` where there is none without moving elements. */
export function beside(lowerer: Lowerer, value: Value, shape: readonly number[], leader: Form): string | undefined {
  const form = lowerer.form(value);
  if (form.order === "uniform" || sizeOf(value.shape) === 1) return lowerer.shaped(value, []);
  if (sameShape(value.shape, shape) && leader.order === "blocked") return lowerer.view(lowerer.blocked(value), leader.shape);
  if (sameShape(value.shape, shape)) return leader.order === "channelsFirst" ? lowerer.channelsFirst(value) : lowerer.shaped(value, leader.shape);
  const channels = shape.at(-1);
  if (sizeOf(value.shape) !== channels || value.shape.at(-1) !== channels) return undefined;
  if (leader.order === "channelsFirst") return lowerer.shaped(value, [channels, 1, 1]);
  if (leader.order === "blocked") return lowerer.shaped(value, [channels / lowerer.plan.block, 1, lowerer.plan.block]);
  return leader.shape.at(-1) === channels ? lowerer.shaped(value, [channels]) : undefined;
}

/** The result of a binary node, made of aligned operands by `emit`. */
export function lowerBinary(lowerer: Lowerer, node: GraphNode, emit: (operands: Operands, dtype: DataType) => string): Form {
  const a = inputOf(node, "a");
  const operands = align(lowerer, a, inputOf(node, "b"), outputOf(node).shape);
  return { name: emit(operands, a.dtype), shape: operands.shape, order: operands.order };
}

function simple(op: string): Lowering {
  return (lowerer, node) =>
    lowerBinary(lowerer, node, ({ a, b }, dtype) => {
      if (dtype !== "bool") return lowerer.emit(op, [a, b]);
      const numbers = [a, b].map((name) => castTo(lowerer, name, "bool", "int32"));
      return castTo(lowerer, lowerer.emit(op, numbers), "int32", outputOf(node).dtype);
    });
}

function comparison(op: string, onBool = false): Lowering {
  return (lowerer, node) =>
    lowerBinary(lowerer, node, ({ a, b }, dtype) => {
      const names = onBool ? [castTo(lowerer, a, dtype, "bool"), castTo(lowerer, b, dtype, "bool")]
        : dtype === "bool" ? [castTo(lowerer, a, dtype, "int32"), castTo(lowerer, b, dtype, "int32")] : [a, b];
      return lowerer.emit(op, names);
    });
}

function notEqual(lowerer: Lowerer, node: GraphNode): Form {
  const form = comparison("Equal")(lowerer, node);
  return { ...form, name: lowerer.emit("Not", [form.name]) };
}

/** A bias after a product that nothing else reads becomes part of the product. */
function add(lowerer: Lowerer, node: GraphNode): Form {
  const a = inputOf(node, "a");
  const b = inputOf(node, "b");
  return withBias(lowerer, a, b) ?? withBias(lowerer, b, a) ?? simple("Add")(lowerer, node);
}

/** tfjs's remainder has the divisor's sign. */
function mod(lowerer: Lowerer, node: GraphNode): Form {
  return lowerBinary(lowerer, node, ({ a, b }, dtype) => {
    if (dtype !== "float32") return lowerer.emit("Mod", [a, b]);
    const remainder = lowerer.emit("Mod", [a, b], { fmod: 1 });
    const opposite = lowerer.emit("Less", [lowerer.emit("Mul", [lowerer.emit("Sign", [remainder]), lowerer.emit("Sign", [b])]), lowerer.builder.scalar(0)]);
    return lowerer.emit("Where", [opposite, lowerer.emit("Add", [remainder, b]), remainder]);
  });
}

function floorDiv(lowerer: Lowerer, node: GraphNode): Form {
  return lowerBinary(lowerer, node, ({ a, b }, dtype) => {
    const quotient = lowerer.emit("Div", [castTo(lowerer, a, dtype, "float32"), castTo(lowerer, b, dtype, "float32")]);
    return castTo(lowerer, lowerer.emit("Floor", [quotient]), "float32", "int32");
  });
}

/** The angle of (b, a): ONNX has only the arc tangent of a quotient. */
function atan2(lowerer: Lowerer, node: GraphNode): Form {
  return lowerBinary(lowerer, node, ({ a: y, b: x }) => {
    const { builder } = lowerer;
    const zero = builder.scalar(0);
    const angle = lowerer.emit("Atan", [lowerer.emit("Div", [y, x])]);
    const half = lowerer.emit("Where", [lowerer.emit("Less", [y, zero]), builder.scalar(-Math.PI), builder.scalar(Math.PI)]);
    const turned = lowerer.emit("Where", [lowerer.emit("Less", [x, zero]), lowerer.emit("Add", [angle, half]), angle]);
    const origin = lowerer.emit("And", [lowerer.emit("Equal", [x, zero]), lowerer.emit("Equal", [y, zero])]);
    return lowerer.emit("Where", [origin, zero, turned]);
  });
}

export const binaries: Readonly<Record<string, Lowering>> = {
  Add: add,
  Sub: simple("Sub"),
  Multiply: simple("Mul"),
  RealDiv: simple("Div"),
  Maximum: simple("Max"),
  Minimum: simple("Min"),
  Pow: simple("Pow"),
  Mod: mod,
  FloorDiv: floorDiv,
  Atan2: atan2,
  Equal: comparison("Equal"),
  NotEqual: notEqual,
  Greater: comparison("Greater"),
  GreaterEqual: comparison("GreaterOrEqual"),
  Less: comparison("Less"),
  LessEqual: comparison("LessOrEqual"),
  LogicalAnd: comparison("And", true),
  LogicalOr: comparison("Or", true),
};
