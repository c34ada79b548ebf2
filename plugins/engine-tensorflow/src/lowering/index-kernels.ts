import { inputOf, int32, numberOf, numbersOf, outputOf, type Lowerings } from "./lowerer.js";

/** Kernels that pick and place by indices. */
export const indexKernels: Lowerings = {
  GatherV2: (lowerer, node) => {
    const x = inputOf(node, "x");
    const axis = lowerer.builder.scalar(numberOf(node, "axis"), "int32");
    return lowerer.emit("GatherV2", [lowerer.name(x), lowerer.name(inputOf(node, "indices")), axis], { Tparams: { type: x.dtype }, Tindices: int32, Taxis: int32, batch_dims: { int: numberOf(node, "batchDims") } });
  },
  OneHot: (lowerer, node) => {
    const { dtype } = outputOf(node);
    const [depth, on, off] = [lowerer.builder.scalar(numberOf(node, "depth"), "int32"), lowerer.builder.scalar(numberOf(node, "onValue"), dtype), lowerer.builder.scalar(numberOf(node, "offValue"), dtype)];
    return lowerer.typed("OneHot", [lowerer.name(inputOf(node, "indices")), depth, on, off], dtype, { TI: int32, axis: { int: -1 } });
  },
  UnsortedSegmentSum: (lowerer, node) => {
    const x = inputOf(node, "x");
    const segments = lowerer.builder.scalar(numberOf(node, "numSegments"), "int32");
    const ids = lowerer.name(inputOf(node, "segmentIds"));
    // tfjs leaves out what belongs to no segment; TensorFlow does so for negative numbers alone.
    const inside = lowerer.typed("Less", [ids, segments], "int32");
    const safe = lowerer.typed("SelectV2", [inside, ids, lowerer.builder.scalar(-1, "int32")], "int32");
    return lowerer.typed("UnsortedSegmentSum", [lowerer.name(x), safe, segments], x.dtype, { Tindices: int32, Tnumsegments: int32 });
  },
  ScatterNd: (lowerer, node) => {
    const updates = inputOf(node, "updates");
    return lowerer.typed("ScatterNd", [lowerer.name(inputOf(node, "indices")), lowerer.name(updates), lowerer.int32(numbersOf(node, "shape"))], updates.dtype, { Tindices: int32 });
  },
};
