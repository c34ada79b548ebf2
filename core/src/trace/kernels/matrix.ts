import * as tf from "@tensorflow/tfjs";
import { sizeOf, type Rules } from "./rule.js";

/** Matrix products: `{ a, b }` of rank 2 or more, whose leading axes broadcast. */
export const matrices: Rules = {
  BatchMatMul: (call) => {
    const a = call.input("a");
    const b = call.input("b");
    const transposeA = call.attrs["transposeA"] === true;
    const transposeB = call.attrs["transposeB"] === true;
    const rows = a.shape.at(transposeA ? -1 : -2) ?? 1;
    const columns = b.shape.at(transposeB ? -2 : -1) ?? 1;
    const batch = tf.backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const shape = [...batch, rows, columns];
    if (sizeOf(a.shape) === 0) return call.uniform(shape, 0, "float32");
    return call.record(shape, "float32", { transposeA, transposeB });
  },
};
