import type { GraphNode } from "@idgan/core";
import { range, type Form } from "./form.js";
import { stacked } from "./product.js";
import { inputOf, outputOf, rows, type Lowerer, type Lowering } from "./lowerer.js";

/** Gemm for matrices, or for one matrix on the right of many rows; MatMul for stacks of matrices. */
function matMul(lowerer: Lowerer, node: GraphNode): Form {
  const a = inputOf(node, "a");
  const b = inputOf(node, "b");
  const { shape } = outputOf(node);
  const transposeA = node.attrs["transposeA"] === true;
  const transposeB = node.attrs["transposeB"] === true;
  const batch = shape.slice(0, -2).reduce((product, length) => product * length, 1);
  if (batch === 1) {
    const names = [lowerer.shaped(a, a.shape.slice(-2)), lowerer.shaped(b, b.shape.slice(-2))];
    const name = lowerer.emit("Gemm", names, { transA: Number(transposeA), transB: Number(transposeB) });
    return rows(lowerer.assemble(stacked(lowerer, [name])), shape.slice(-2));
  }
  const swap = (name: string, rank: number): string => lowerer.transpose(name, [...range(rank - 2), rank - 1, rank - 2]);
  const left = transposeA ? swap(lowerer.array(a), a.shape.length) : lowerer.array(a);
  const right = transposeB ? swap(lowerer.array(b), b.shape.length) : lowerer.array(b);
  return rows(lowerer.emit("MatMul", [left, right]), shape);
}

export const matrices: Readonly<Record<string, Lowering>> = { BatchMatMul: matMul };
