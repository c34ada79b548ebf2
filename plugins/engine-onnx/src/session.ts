import { rmSync } from "node:fs";
import { IdganError, messageOf } from "@idgan/core";
import { ModelBuilder } from "./onnx/builder.js";
import { encodeModel } from "./onnx/encode.js";
import type { ModelCache } from "./model-cache.js";
import type { OnnxModel } from "./onnx/model.js";
import { remedies, type Provider } from "./providers.js";
import { InferenceSession, Tensor } from "./runtime.js";

export interface SessionSettings {
  readonly threads: number;
  readonly providers: readonly string[];
  /** Whether memory of values that are no longer needed goes back to the system, instead of into a pool for the next ones. */
  readonly frugal?: boolean;
  /** Writes ONNX Runtime's profile to files that begin so. */
  readonly profile?: string;
  /** Where models that the runtime rewrote are kept; none for providers that rewrite them differently. */
  readonly cache?: ModelCache;
}

/**
 * How long an idle thread waits awake for the next operator. Longer gains nothing measurable on a quiet machine,
 * and costs half of the speed beside another busy process.
 */
const spinMicroseconds = "50";

/** Loads a model into ONNX Runtime. */
export async function openSession(model: OnnxModel, { threads, providers, frugal = false, profile, cache }: SessionSettings): Promise<InferenceSession> {
  const options: InferenceSession.SessionOptions = {
    executionProviders: [...providers],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    // A pattern is laid out beside the pool of the first run, which is never given back.
    enableMemPattern: false,
    enableCpuMemArena: !frugal,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { spin_duration_us: spinMicroseconds } } },
    ...(profile !== undefined && { enableProfiling: true, profileFilePrefix: profile }),
  };
  try {
    const bytes = encodeModel(model);
    return cache && profile === undefined ? await openCached(bytes, options, cache) : await InferenceSession.create(bytes, options);
  } catch (error) {
    throw sessionError(model, error);
  }
}

async function openCached(bytes: Uint8Array, options: InferenceSession.SessionOptions, cache: ModelCache): Promise<InferenceSession> {
  const rewritten = cache.read(bytes);
  if (rewritten) {
    try {
      return await InferenceSession.create(rewritten, { ...options, graphOptimizationLevel: "disabled" });
    } catch {
      // Whatever spoiled it, it is made anew.
    }
  }
  const scratch = cache.scratch();
  if (scratch === undefined) return InferenceSession.create(bytes, options);
  try {
    const session = await InferenceSession.create(bytes, { ...options, optimizedModelFilePath: scratch });
    cache.keep(bytes, scratch);
    return session;
  } catch {
    // A disk that is full must not keep anybody from training; a faulty model fails again, and says why.
    rmSync(scratch, { force: true });
    return InferenceSession.create(bytes, options);
  }
}

/**
 * Runs a model of one operator, so that a missing device is found before training is.
 * @throws IdganError ENGINE_UNAVAILABLE
 */
export async function tryProviders(providers: readonly Provider[]): Promise<void> {
  const builder = new ModelBuilder();
  builder.output(builder.emit("Neg", [builder.input("x", "float32", [1])]), "float32", [1]);
  const bytes = encodeModel(builder.build("probe"));
  for (const provider of providers) {
    try {
      const session = await InferenceSession.create(bytes, { executionProviders: [provider], logSeverityLevel: 4 });
      await session.run({ x: new Tensor("float32", Float32Array.of(1), [1]) });
      await session.release();
    } catch (error) {
      throw new IdganError("ENGINE_UNAVAILABLE", `The ONNX Runtime provider "${provider}" does not run here: ${messageOf(error)} ${remedies[provider]}`, error);
    }
  }
}

/** ONNX Runtime names the operator it stumbled over by the name that the lowering gave it: a kernel, and who called it. */
function sessionError(model: OnnxModel, error: unknown): IdganError {
  const message = messageOf(error);
  const culprit = model.nodes.find((node) => message.includes(node.name));
  const place = culprit ? `${culprit.op} for ${culprit.name.split("#")[0] ?? ""}` : "the model";
  const code = culprit && /not.?implemented|could not find an implementation/i.test(message) ? "ENGINE_KERNEL" : "INTERNAL";
  return new IdganError(code, `ONNX Runtime refused ${place} in step "${model.name}": ${message}`, error);
}
