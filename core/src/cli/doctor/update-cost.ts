import { resolveRun } from "../../config/resolve-run.js";
import type { Graph, Value } from "../../trace/graph.js";
import { createHooks } from "../../hooks.js";
import { createOptimizer } from "../../ops/optimizers/create-optimizer.js";
import { buildVae, openDataset } from "../../run/models.js";
import { vaeUpdate, vaeWeights } from "../../stages/vae-update.js";
import { traceStep } from "../../trace/trace-step.js";
import type { Convolution } from "./convolution-benchmark.js";
import { flopsOf } from "../../trace/flops.js";

/** What one update of a preset's VAE asks of a machine. */
export interface UpdateCost {
  readonly preset: string;
  readonly batch: number;
  readonly flops: number;
  /** Its convolutions; each stands for itself and its two gradients. A transposed convolution is another one's gradient. */
  readonly convolutions: readonly Convolution[];
}

/** Traces one VAE update of a preset and counts; nothing is computed. */
export async function costOfVaeUpdate(preset: string): Promise<UpdateCost> {
  const resolved = await resolveRun({ config: preset, engine: "eager" });
  const { config } = resolved;
  const dataset = await openDataset(resolved, config.vae.size);
  const backbone = buildVae(resolved, dataset);
  const weights = vaeWeights(backbone);
  const adversary = backbone.adversary && createOptimizer(config.represent.adversaryOptimizer, backbone.adversary.weights);
  const update = vaeUpdate({ backbone, optimizer: createOptimizer(config.represent.optimizer, weights), adversaryOptimizer: adversary, hooks: createHooks(), batch: config.represent.batch });
  const graph = traceStep(update);
  await dataset.close?.();
  return { preset, batch: config.represent.batch, flops: flopsOf(graph), convolutions: convolutionsOf(graph) };
}

/** Every `Conv2D` of a step: in the encoder the layers themselves, in the decoder the gradients of the transposed ones. */
export function convolutionsOf(graph: Graph): readonly Convolution[] {
  const nodes = graph.nodes.filter(({ kernel }) => kernel === "Conv2D");
  return nodes.map(({ inputs, attrs }) => ({ x: shapeOf(inputs["x"]), filter: shapeOf(inputs["filter"]), stride: strideOf(attrs["strides"]) }));
}

function shapeOf(value: Value | undefined): readonly number[] {
  return value?.shape ?? [];
}

function strideOf(strides: unknown): number {
  const first: unknown = Array.isArray(strides) ? strides[0] : strides;
  return typeof first === "number" ? first : 1;
}
