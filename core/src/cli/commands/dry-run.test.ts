import test from "ava";
import type { RunPlan } from "../../run/plan/run-plan.js";
import { renderCounted, renderTimed } from "./dry-run.js";

const plan: RunPlan = {
  name: "tried",
  engine: "an engine",
  stages: [
    {
      stage: "represent",
      parameters: { encoder: 12_345, decoder: 678 },
      checkpointBytes: 8_770_000,
      phases: [{ size: 32, updates: 2_500, batch: 64, microbatch: 64, flops: 2.7e9, activationBytes: 16.3e6, probe: { milliseconds: 54, peakBytes: 349e6 } }],
    },
    {
      stage: "synthesise",
      parameters: { generator: 1 },
      checkpointBytes: 1.5e9,
      phases: [
        { key: "8", size: 8, updates: 100, batch: 16, microbatch: 4, flops: 2e9, activationBytes: 7e6, probe: { milliseconds: 100, peakBytes: 349e6 } },
        { key: "16-fading", size: 16, updates: 400, batch: 16, microbatch: 4, flops: 1.5e12, activationBytes: 2e9, probe: { milliseconds: 7_500, peakBytes: 3.76e9 } },
      ],
    },
  ],
};

test("what is counted names the networks, and each phase's images, operations and bytes", (t) => {
  const text = renderCounted(plan);
  t.true(text.startsWith("tried, on an engine\n"));
  t.regex(text, /^represent: parameters of encoder 12,345, decoder 678; a checkpoint takes 8\.77 MB$/m);
  t.regex(text, /^ +32 +2,500 +64 +2\.70 GFLOP +16\.3 MB$/m);
  t.regex(text, /^ +16-fading +16 +400 +16, in parts of 4 +1\.50 TFLOP +2\.00 GB$/m);
});

test("what is timed gives an update, its rate, and all updates", (t) => {
  const text = renderTimed(plan);
  t.regex(text, /^ +represent +32 +54\.0 ms +50 GFLOP\/s +2:15 +349 MB$/m);
  t.regex(text, /^ +synthesise +16-fading +16 +7\.50 s +200 GFLOP\/s +50:00 +3\.76 GB$/m);
  t.regex(text, /^In all 52:25,/m);
});
