import { inputOf, numberOf, type Lowerings } from "./lowerer.js";

/** Kernels that `fuse` makes of several of tfjs's. */
export const fusedKernels: Lowerings = {
  ReluGrad: (lowerer, node) => lowerer.typed("ReluGrad", [lowerer.name(inputOf(node, "dy")), lowerer.name(inputOf(node, "x"))], "float32"),
  LeakyReluGrad: (lowerer, node) => lowerer.typed("LeakyReluGrad", [lowerer.name(inputOf(node, "dy")), lowerer.name(inputOf(node, "x"))], "float32", { alpha: { float: numberOf(node, "alpha") } }),
  BiasAdd: (lowerer, node) => lowerer.typed("BiasAdd", [lowerer.name(inputOf(node, "x")), lowerer.name(inputOf(node, "bias"))], "float32", { data_format: { text: "NHWC" } }),
  BiasAddGrad: (lowerer, node) => lowerer.typed("BiasAddGrad", [lowerer.name(inputOf(node, "x"))], "float32", { data_format: { text: "NHWC" } }),
};
