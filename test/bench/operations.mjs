import { convInfoOf, optimise, traceStep } from "@idgan/core";

const product = (shape) => shape.reduce((size, length) => size * length, 1);

/** Multiplications and additions of a kernel that are a convolution's or a matrix product's; what is done element by element is not counted. */
function operationsOf({ kernel, inputs, attrs, outputs }) {
  const convolution = (image, filter) => {
    const { batchSize, outHeight, outWidth, filterHeight, filterWidth, inChannels, outChannels } = convInfoOf(attrs, image, filter);
    return 2 * batchSize * outHeight * outWidth * filterHeight * filterWidth * inChannels * outChannels;
  };
  switch (kernel) {
    case "Conv2D":
      return convolution(inputs.x.shape, inputs.filter.shape);
    case "Conv2DBackpropInput":
      return convolution(attrs.inputShape, inputs.filter.shape);
    case "Conv2DBackpropFilter":
      return convolution(inputs.x.shape, attrs.filterShape);
    case "BatchMatMul":
      return 2 * product(outputs[0].shape) * inputs.a.shape.at(attrs.transposeA ? -2 : -1);
    default:
      return 0;
  }
}

/** The engine, and the operations of the first step that it was given, which is the one that updates run. */
export function counting(engine) {
  const counts = [];
  const compile = (step) => {
    counts.push(optimise(traceStep(step)).nodes.reduce((sum, node) => sum + operationsOf(node), 0));
    return engine.compile(step);
  };
  return { engine: { ...engine, compile }, operations: () => counts[0] };
}
