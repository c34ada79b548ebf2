import { definePlugin } from "@idgan/core";

export default definePlugin<Record<never, never>>({
  kind: "metrics",
  name: "@idgan/plugin-metrics-disentanglement",
  core: "^0.1.0",
  options: {},
  metrics: () => [],
});
