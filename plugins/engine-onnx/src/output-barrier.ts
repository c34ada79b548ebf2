// onnxruntime-node copies every output into a new array when a run has ended, even one that it was given an array for and has written there. For a step that
// is all of a model's variables at every update, and 0.2 to 0.4 ms for each MiB: a sixth of a small VAE's update, a quarter of FactorVAE's.
// It gives up, though, at the first output that it has no array for. So that is what a step's first output is: a list.
import { messageOf } from "@idgan/core";
import { ModelBuilder } from "./onnx/builder.js";
import { encodeModel } from "./onnx/encode.js";
import { InferenceSession, Tensor } from "./runtime.js";

/** The name of that output. */
export const barrier = "barrier";

/**
 * What the binding says when it gives up there with all outputs written; `undefined` where it does something else, and steps do without.
 * Every other failure of a run says something else, so this one means success.
 */
export async function barrierMessage(): Promise<string | undefined> {
  const builder = new ModelBuilder();
  const output = builder.emit("Neg", [builder.input("x", "float32", [1])]);
  builder.output(output, "float32", [1]);
  builder.emptySequence(barrier);
  const written = Float32Array.of(0);
  let session: InferenceSession | undefined;
  try {
    session = await InferenceSession.create(encodeModel(builder.build("barrier")), { executionProviders: ["cpu"], logSeverityLevel: 4, intraOpNumThreads: 1 });
    await session.run({ x: new Tensor("float32", Float32Array.of(1), [1]) }, { [barrier]: null, [output]: new Tensor("float32", written, [1]) });
    return undefined;
  } catch (error) {
    return written[0] === -1 ? messageOf(error) : undefined;
  } finally {
    await session?.release();
  }
}
