import { binaries } from "./binary.js";
import { convolutions } from "./convolution.js";
import { indexKernels } from "./index-kernels.js";
import type { Lowering } from "./lowerer.js";
import { matrices } from "./matrix.js";
import { poolings } from "./pooling.js";
import { reductions } from "./reduction.js";
import { resizes } from "./resize.js";
import { selects } from "./select.js";
import { shapes } from "./shape.js";
import { unaries } from "./unary.js";

/** How each tfjs kernel becomes ONNX operators. */
export const lowerings: Readonly<Record<string, Lowering>> = {
  ...unaries,
  ...binaries,
  ...selects,
  ...reductions,
  ...shapes,
  ...matrices,
  ...convolutions,
  ...poolings,
  ...resizes,
  ...indexKernels,
};
