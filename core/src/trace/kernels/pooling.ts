import { poolInfoOf } from "../window.js";
import { numbersOf, type Attributes, type Rule, type Rules } from "./rule.js";

function defined(attrs: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attrs).filter(([, value]) => value !== undefined && value !== null));
}

const pool: Rule = (call) => call.record(poolInfoOf(call.attrs, call.input("x").shape).outShape, call.input("x").dtype, defined(call.attrs));
const poolGradient: Rule = (call) => call.record(call.input("input").shape, "float32", defined(call.attrs));

function resize(gradient: boolean): Rule {
  return (call) => {
    const images = call.input("images");
    const [batch = 0, , , channels = 0] = images.shape;
    const [height = 0, width = 0] = numbersOf(call, "size");
    const attrs = { size: [height, width], alignCorners: call.attrs["alignCorners"] === true, halfPixelCenters: call.attrs["halfPixelCenters"] === true };
    return call.record(gradient ? images.shape : [batch, height, width, channels], "float32", attrs);
  };
}

/** Pooling and resizing of images `[batch, height, width, channels]`, and their gradients. */
export const poolings: Rules = {
  AvgPool: pool,
  AvgPoolGrad: poolGradient,
  MaxPool: pool,
  MaxPoolGrad: poolGradient,
  ResizeBilinear: resize(false),
  ResizeBilinearGrad: resize(true),
  ResizeNearestNeighbor: resize(false),
  ResizeNearestNeighborGrad: resize(true),
};
