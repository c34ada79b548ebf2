import { composites } from "./composite.js";
import { convolutions } from "./convolution.js";
import { elementwise } from "./elementwise.js";
import { fills } from "./fill.js";
import { matrices } from "./matrix.js";
import { poolings } from "./pooling.js";
import { rearrangements } from "./rearrangement.js";
import { reductions } from "./reduction.js";
import type { Rules } from "./rule.js";
import { shapes } from "./shape.js";

const primitives: Rules = { ...elementwise, ...reductions, ...shapes, ...convolutions, ...poolings, ...matrices };

/**
 * Every kernel that a graph can contain, so that an engine can test that it lowers each. All have one output. Attributes are normalised:
 *
 * | kernels | inputs | attributes |
 * |---|---|---|
 * | Add Sub Multiply RealDiv FloorDiv Maximum Minimum Pow Mod Atan2 | a, b (broadcast) | |
 * | Equal NotEqual Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr | a, b (broadcast), to bool | |
 * | Exp Expm1 Log Log1p Sqrt Rsqrt Reciprocal Sin Cos Tanh Sigmoid Softplus Elu Erf | x, to float32 | |
 * | Square Abs Neg Sign Relu Floor Ceil Round (half to even) | x | |
 * | IsNan IsFinite LogicalNot | x, to bool | |
 * | LeakyRelu, Step | x | `alpha`: the slope, or the step's value, below 0 (Step of 0 is alpha) |
 * | ClipByValue | x | `clipValueMin`, `clipValueMax` |
 * | Cast | x | `dtype`; float32 to int32 cuts towards 0, to bool is `x != 0` |
 * | Select | condition (bool), t, e, all of the output's shape | |
 * | Sum Mean Prod Max Min Any All | x | `axis`: sorted, non-negative, never empty; `keepDims`: boolean |
 * | ArgMax ArgMin | x, to int32 | `axis`: one number, dropped from the shape |
 * | Cumsum | x | `axis`: one number; `exclusive`, `reverse`: booleans |
 * | Reshape, BroadcastTo | x | `shape`: the output's, without -1 |
 * | Transpose | x | `perm` |
 * | Concat | "0", "1", …, none empty | `axis` |
 * | Slice | x | `begin`, `size`: one number per axis, without -1 |
 * | StridedSlice | x | `begin`, `end`, `strides`: one number per axis, without masks; element i is `begin + i * stride` |
 * | Tile | x | `reps`: one number per axis |
 * | PadV2, MirrorPad | x | `paddings`: a pair per axis; `constantValue`, or `mode` "reflect" or "symmetric" |
 * | Reverse | x | `dims`: sorted, non-negative |
 * | GatherV2 | x, indices (int32) | `axis`, `batchDims` |
 * | OneHot | indices (int32) | `depth`, `onValue`, `offValue`, `dtype` |
 * | UnsortedSegmentSum | x, segmentIds (int32) | `numSegments` |
 * | ScatterNd | indices (int32), updates | `shape`; repeated indices add |
 * | BatchMatMul | a, b, leading axes broadcast | `transposeA`, `transposeB`: booleans |
 * | Conv2D, DepthwiseConv2dNative | x, filter | tfjs's `strides`, `pad`, `dilations`, `dimRoundingMode`: read them with `convInfoOf` |
 * | …BackpropInput | dy, filter | the same and `inputShape` |
 * | …BackpropFilter | x, dy | the same and `filterShape` |
 * | AvgPool, MaxPool | x | tfjs's `filterSize`, `strides`, `pad`, `dimRoundingMode`: read them with `poolInfoOf` |
 * | AvgPoolGrad, MaxPoolGrad | dy, input (and output) | the same |
 * | ResizeBilinear, ResizeNearestNeighbor | images | `size`: [height, width]; `alignCorners`, `halfPixelCenters`: booleans |
 * | …Grad | images, dy | the same; images serves only for its shape |
 */
export const tracedKernels: readonly string[] = Object.keys(primitives).sort();

/** How each kernel of tfjs is recorded: those of `tracedKernels`, and those that become several of them. */
export const kernelRules: Rules = { ...primitives, ...composites, ...rearrangements, ...fills };
