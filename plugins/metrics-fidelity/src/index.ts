import { definePlugin } from "@idgan/core";
import { metrics } from "./metrics/metrics.js";

export * from "./extractors/feature-extractor.js";
export * from "./extractors/image-step.js";
export * from "./extractors/network-extractor.js";
export * from "./files/published-file.js";
export type { StoredTensor, Tensors } from "./files/tensors.js";
export * from "./files/torch-file.js";
export * from "./networks/inception.js";
export * from "./networks/lpips.js";
export type { Network } from "./networks/network.js";
export * from "./networks/squeezenet.js";
export * from "./networks/vgg16.js";
export * from "./numerics/frechet.js";
export * from "./numerics/kernel-distance.js";
export * from "./numerics/manifolds.js";
export * from "./numerics/moments.js";

export default definePlugin<Record<never, never>>({
  kind: "metrics",
  name: "@idgan/plugin-metrics-fidelity",
  core: "^0.1.0",
  options: {},
  metrics: () => metrics,
});
