// Three faults in how TensorFlow.js 4.22 keeps its gradient tape; the first is https://github.com/tensorflow/tfjs/issues/3252.
import * as tf from "@tensorflow/tfjs";
import { IdganError } from "../../contract/error.js";

interface TapeNode {
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
}

/** The parts of tfjs's engine that keep the tape; it declares them private. */
interface TapeKeeper {
  readonly state: { readonly activeTape: TapeNode[] };
  addTapeNode(
    kernel: string,
    inputs: Readonly<Record<string, tf.Tensor | undefined>>,
    outputs: readonly tf.Tensor[],
    gradient: unknown,
    saved: readonly tf.Tensor[],
    attrs: unknown,
  ): void;
  saveTensorsForBackwardMode(tensors: readonly (tf.Tensor | undefined)[]): tf.Tensor[];
}

const mended = Symbol.for("@idgan/core: tape mended");

/**
 * Mends the tape of tfjs's one engine, once:
 * - A kernel's saved output is copied, and the copy recorded *before* the kernel. Read in that order it leads to no input, so the second
 *   derivative of every gradient that uses its saved output (tanh, sigmoid, exp, softmax, a `customGrad`) silently loses a path.
 * - Comparisons are recorded although they have no gradient, so whatever is masked by one throws. A bool has no derivative: it is left out.
 * - An input that was not given (the scale of a batch norm) makes the tape throw.
 */
export function mendTape(): void {
  const engine = tf.engine() as unknown as TapeKeeper & { [mended]?: true };
  if (engine[mended]) return;
  if (typeof engine.addTapeNode !== "function" || typeof engine.saveTensorsForBackwardMode !== "function") {
    throw new IdganError("INTERNAL", `TensorFlow.js ${tf.version.tfjs} keeps its gradient tape in a new way, so second derivatives cannot be repaired. Install @tensorflow/tfjs 4.22.`);
  }
  const add = engine.addTapeNode.bind(engine);
  const save = engine.saveTensorsForBackwardMode.bind(engine);
  engine.addTapeNode = (kernel, inputs, outputs, gradient, saved, attrs) => {
    if (outputs.every(({ dtype }) => dtype === "bool")) {
      for (const tensor of saved) tensor.dispose();
      return;
    }
    add(kernel, given(inputs), outputs, gradient, saved, attrs);
    moveCopiesBehind(engine.state.activeTape, outputs, saved);
  };
  engine.saveTensorsForBackwardMode = (tensors) => save(tensors.filter((tensor) => tensor !== undefined));
  engine[mended] = true;
}

function given(inputs: Readonly<Record<string, tf.Tensor | undefined>>): Readonly<Record<string, tf.Tensor | undefined>> {
  const entries = Object.entries(inputs);
  return entries.some(([, tensor]) => !tensor) ? Object.fromEntries(entries.filter(([, tensor]) => tensor)) : inputs;
}

/** Moves the nodes that copied the `outputs` of the tape's last node into `saved` to behind that node. */
function moveCopiesBehind(tape: TapeNode[], outputs: readonly tf.Tensor[], saved: readonly tf.Tensor[]): void {
  const produced = new Set(outputs.map(({ id }) => id));
  const copies = new Set(saved.filter(({ dtype }) => dtype !== "bool").map(({ id }) => id));
  for (let i = tape.length - 2; i >= 0 && copies.size > 0; i -= 1) {
    const node = tape[i];
    if (!node?.outputs.some(({ id }) => copies.delete(id))) continue;
    if (Object.values(node.inputs).some(({ id }) => produced.has(id))) {
      tape.splice(i, 1);
      tape.push(node);
    }
  }
}
