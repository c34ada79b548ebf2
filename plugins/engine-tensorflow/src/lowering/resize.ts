import type { GraphNode } from "@idgan/core";
import type { Attribute } from "../saved-model/graph-def.js";
import { inputOf, numbersOf, type Lowering, type Lowerings } from "./lowerer.js";

function attributesOf(node: GraphNode): Readonly<Record<string, Attribute>> {
  return { align_corners: { bool: node.attrs["alignCorners"] === true }, half_pixel_centers: { bool: node.attrs["halfPixelCenters"] === true } };
}

const forward = (op: string): Lowering => (lowerer, node) =>
  lowerer.typed(op, [lowerer.as(inputOf(node, "images"), "float32"), lowerer.int32(numbersOf(node, "size"))], "float32", attributesOf(node));

/** Resizing, and its gradients: ops of TensorFlow's own. */
export const resizes: Lowerings = {
  ResizeBilinear: forward("ResizeBilinear"),
  ResizeNearestNeighbor: forward("ResizeNearestNeighbor"),
  ResizeBilinearGrad: (lowerer, node) => lowerer.typed("ResizeBilinearGrad", [lowerer.name(inputOf(node, "dy")), lowerer.as(inputOf(node, "images"), "float32")], "float32", attributesOf(node)),
  ResizeNearestNeighborGrad: (lowerer, node) =>
    lowerer.typed("ResizeNearestNeighborGrad", [lowerer.name(inputOf(node, "dy")), lowerer.int32(inputOf(node, "images").shape.slice(1, 3))], "float32", attributesOf(node)),
};
