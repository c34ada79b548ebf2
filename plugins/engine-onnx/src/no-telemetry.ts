/**
 * ONNX Runtime's official builds for Linux and macOS report to Microsoft from 1.30 on: an identifier is written to the home folder, and events of every session
 * are sent. A training is nobody else's business, so that the runtime is told to do neither, which it hears only before it is loaded. Whoever wants it
 * sets ORT_DISABLE_TELEMETRY to 0. A worker thread has a copy of the environment, which native code does not see; it has to be started with `env: SHARE_ENV`.
 * Source: https://github.com/microsoft/onnxruntime/pull/27379
 */
process.env["ORT_DISABLE_TELEMETRY"] ??= "1";
