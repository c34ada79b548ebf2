import { convolutions } from "./convolution.js";
import { elementwise } from "./elementwise.js";
import { fusedKernels } from "./fused.js";
import { indexKernels } from "./index-kernels.js";
import type { Lowerings } from "./lowerer.js";
import { matrices } from "./matrix.js";
import { poolings } from "./pooling.js";
import { reductions } from "./reduction.js";
import { resizes } from "./resize.js";
import { shapes } from "./shape.js";

/** How each tfjs kernel becomes TensorFlow's ops. */
export const lowerings: Lowerings = { ...elementwise, ...reductions, ...shapes, ...indexKernels, ...matrices, ...convolutions, ...poolings, ...resizes, ...fusedKernels };
