import type { DataType } from "@idgan/core";
import { inputOf, int32, numberOf, numbersOf, outputOf, type Lowering, type Lowerings } from "./lowerer.js";

function reduction(op: string): Lowering {
  return (lowerer, node) => {
    const x = inputOf(node, "x");
    // A sum of truths counts them; a mean is of floats.
    const { dtype } = outputOf(node);
    return lowerer.typed(op, [lowerer.as(x, dtype), lowerer.int32(numbersOf(node, "axis"))], dtype, { Tidx: int32, keep_dims: { bool: node.attrs["keepDims"] === true } });
  };
}

function logical(op: string): Lowering {
  return (lowerer, node) => lowerer.emit(op, [lowerer.as(inputOf(node, "x"), "bool"), lowerer.int32(numbersOf(node, "axis"))], { Tidx: int32, keep_dims: { bool: node.attrs["keepDims"] === true } });
}

function position(op: string): Lowering {
  return (lowerer, node) => {
    const x = inputOf(node, "x");
    const dtype: DataType = x.dtype === "bool" ? "int32" : x.dtype;
    return lowerer.typed(op, [lowerer.as(x, dtype), lowerer.builder.scalar(numberOf(node, "axis"), "int32")], dtype, { Tidx: int32, output_type: int32 });
  };
}

/** Kernels that reduce or scan along axes. */
export const reductions: Lowerings = {
  Sum: reduction("Sum"),
  Mean: reduction("Mean"),
  Prod: reduction("Prod"),
  Max: reduction("Max"),
  Min: reduction("Min"),
  Any: logical("Any"),
  All: logical("All"),
  ArgMax: position("ArgMax"),
  ArgMin: position("ArgMin"),
  Cumsum: (lowerer, node) => {
    const { dtype } = outputOf(node);
    const flags = { exclusive: { bool: node.attrs["exclusive"] === true }, reverse: { bool: node.attrs["reverse"] === true } };
    return lowerer.typed("Cumsum", [lowerer.as(inputOf(node, "x"), dtype), lowerer.builder.scalar(numberOf(node, "axis"), "int32")], dtype, { Tidx: int32, ...flags });
  },
};
