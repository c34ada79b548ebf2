// Reading and framing without tfjs, for worker threads, which would take half a second to load it: `@idgan/core/data`.
export { IdganError, messageOf } from "../contract/error.js";
export * from "./array-file.js";
export * from "./cache-folder.js";
export * from "./factor-grid.js";
export * from "./frame-file.js";
export * from "./frame-picture.js";
export * from "./framing.js";
export * from "./inflate.js";
export * from "./lanczos.js";
export * from "./npy-header.js";
export * from "./number-array.js";
export * from "./number-type.js";
export * from "./picture-file.js";
export * from "./pillow-kernel.js";
export * from "./region.js";
export * from "./source-file.js";
export * from "./tar-archive.js";
export * from "./zip-archive.js";
