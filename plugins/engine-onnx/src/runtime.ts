// ONNX Runtime, loaded by nobody else: its telemetry must be off before (modules are evaluated in the order of their imports).
import "./no-telemetry.js";

export { InferenceSession, listSupportedBackends, Tensor } from "onnxruntime-node";
