import type { EngineOptions } from "./settings.js";

/** What is taken unless a config says otherwise. */
export const standardOptions: EngineOptions = { device: "auto", gpu: 0, memoryGrowth: true, threads: 0, deterministic: false, mode: "compiled" };
