import type { GraphNode, Value } from "@idgan/core";
import * as tf from "@tensorflow/tfjs";
import type { Binding, TensorMetadata } from "../binding.js";
import { backendName } from "../load.js";
import { convolutions } from "../lowering/convolution.js";
import { elementwise } from "../lowering/elementwise.js";
import { Lowerer, type Lowering } from "../lowering/lowerer.js";
import { poolings } from "../lowering/pooling.js";
import { resizes } from "../lowering/resize.js";
import { Interpreter } from "./interpreter.js";

/** The parts of tfjs-node's backend through which a tensor of its own becomes one of the binding's, and back. */
interface NodeBackend {
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor(metadata: TensorMetadata): tf.TensorInfo;
}

/** Kernels that tfjs-node refuses in part (paddings in numbers), composes of several ops, or computes in another way than tfjs elsewhere. */
const kernels: Readonly<Record<string, Lowering | undefined>> = { ...convolutions, ...poolings, ...resizes, LeakyRelu: elementwise["LeakyRelu"], Step: elementwise["Step"] };

let registered = false;

/** Gives tfjs-node's backend the lowerings of these kernels, one op of TensorFlow for each where it has one. */
export function registerKernels(binding: Binding): void {
  if (registered) return;
  registered = true;
  const interpreter = new Interpreter(binding);
  for (const [kernelName, lowering] of Object.entries(kernels)) {
    if (lowering === undefined) continue;
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const node = backend as unknown as NodeBackend;
        const tensors = Object.entries(inputs).flatMap(([name, tensor]) => (tensor ? [[name, tensor] as const] : []));
        const ids = node.getInputTensorIds(tensors.map(([, tensor]) => tensor));
        const lowerer = new Lowerer("k");
        const given = new Map<string, number>();
        const values: Record<string, Value> = {};
        for (const [i, [name, { shape, dtype }]] of tensors.entries()) {
          const value: Value = { id: i, shape, dtype: dtype as Value["dtype"] };
          values[name] = value;
          const placeholder = lowerer.emit("Placeholder", []);
          lowerer.place(value, placeholder);
          given.set(placeholder, ids[i] ?? -1);
        }
        const call: GraphNode = { kernel: kernelName, inputs: values, attrs: definedOf(attrs), outputs: [], origin: "" };
        lowering(lowerer, call);
        return node.createOutputTensor(interpreter.run(lowerer.builder.nodes, given));
      },
    });
  }
}

/** tfjs passes what a caller left out as undefined. */
function definedOf(attrs: tf.NamedAttrMap | undefined): GraphNode["attrs"] {
  return Object.fromEntries(Object.entries(attrs ?? {}).filter(([, value]) => value !== undefined && value !== null));
}
