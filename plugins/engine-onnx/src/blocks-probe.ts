import { blocksDomain } from "./lowering/blocks.js";
import { ModelBuilder } from "./onnx/builder.js";
import { encodeModel } from "./onnx/encode.js";
import { InferenceSession, Tensor } from "./runtime.js";

/** More channels than any processor's block has. */
const channels = 64;
const pixels = 2;

/**
 * How many channels this processor's convolutions on blocks take together; 0 where ONNX Runtime has none for it.
 * Numbered channels of two pixels are put in blocks: the second pixel's first channel comes right after the block.
 */
export async function blockLength(): Promise<number> {
  const builder = new ModelBuilder();
  const shape = [1, channels, 1, pixels];
  builder.output(builder.emit("ReorderInput", [builder.input("x", "float32", shape)], { channels_last: 0 }, blocksDomain), "float32", shape);
  try {
    const session = await InferenceSession.create(encodeModel(builder.build("blocks")), { executionProviders: ["cpu"], logSeverityLevel: 4, intraOpNumThreads: 1 });
    const numbers = Float32Array.from({ length: channels * pixels }, (_, i) => i);
    const [blocks] = Object.values(await session.run({ x: new Tensor("float32", numbers, shape) }));
    await session.release();
    return blocks ? Array.from(blocks.data as Float32Array).indexOf(1) : 0;
  } catch {
    return 0;
  }
}
