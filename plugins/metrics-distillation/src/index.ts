import { definePlugin } from "@idgan/core";
import { metrics } from "./metrics.js";

export default definePlugin<Record<never, never>>({
  kind: "metrics",
  name: "@idgan/plugin-metrics-distillation",
  core: "^0.1.0",
  options: {},
  metrics: () => metrics,
});
