import { inputOf, type Lowerings } from "./lowerer.js";

/** Matrix products. */
export const matrices: Lowerings = {
  BatchMatMul: (lowerer, node) => {
    const [a, b] = [inputOf(node, "a"), inputOf(node, "b")];
    const [left, right] = [node.attrs["transposeA"] === true, node.attrs["transposeB"] === true];
    const inputs = [lowerer.as(a, "float32"), lowerer.as(b, "float32")];
    if (a.shape.length === 2 && b.shape.length === 2) return lowerer.typed("MatMul", inputs, "float32", { transpose_a: { bool: left }, transpose_b: { bool: right } });
    return lowerer.typed("BatchMatMulV2", inputs, "float32", { adj_x: { bool: left }, adj_y: { bool: right } });
  },
};
