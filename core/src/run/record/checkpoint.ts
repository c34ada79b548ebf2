import { createHash } from "node:crypto";
import { IdganError } from "../../contract/error.js";
import { isPhase, type Phase } from "../../contract/growth.js";
import type { StageName } from "../../hooks.js";
import type { Files } from "./atomic-write.js";
import { invalidFile } from "./safetensors-header.js";
import { readSafetensors, readSafetensorsHeader, safetensorsParts, type TensorRecords, writeSafetensors } from "./safetensors.js";

/** What a checkpoint says of itself, beside its tensors. */
export interface CheckpointManifest {
  readonly stage: StageName;
  /** Updates done. */
  readonly step: number;
  readonly imagesShown: number;
  /** Where a GAN that grows stood in the last update. */
  readonly phase?: Phase;
  /** Whether it stands at the end of its stage; such a one is never deleted. */
  readonly final: boolean;
  readonly configHash: string;
  /** Of the images that the stage draws from. */
  readonly dataFingerprint: string;
  /** Of the frozen encoder that stage 2 distils from. */
  readonly encoderHash?: string;
  /** How the losses of the VAE that the stage trained are scaled. */
  readonly lossConvention?: string;
  readonly engine: string;
  readonly coreVersion: string;
}

export interface CheckpointContent {
  readonly manifest: CheckpointManifest;
  readonly tensors: TensorRecords;
}

export interface Checkpoint extends CheckpointContent {
  readonly path: string;
}

const format = "idgan-checkpoint";
const version = "1";

/** Writes one safetensors file with the manifest and a checksum of all of it in its metadata, atomically. */
export async function writeCheckpoint(path: string, content: CheckpointContent, files?: Files): Promise<void> {
  const manifest = JSON.stringify(content.manifest);
  const metadata = { format, version, manifest, sha256: checksum(manifest, content.tensors) };
  await writeSafetensors(path, { metadata, tensors: content.tensors }, files);
}

/** Reads a checkpoint whole. Throws `CHECKPOINT_INVALID` for one that is truncated, altered, foreign or of a later version. */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const { metadata, tensors } = await readSafetensors(path);
  const manifest = parseManifest(metadata, path);
  if (metadata["sha256"] !== checksum(metadata["manifest"] ?? "", tensors)) throw invalidFile(path, "its content differs from its checksum, so it was altered or damaged");
  return { path, manifest, tensors };
}

/** Only the manifest; the tensors are neither read nor checked. */
export async function readManifest(path: string): Promise<CheckpointManifest> {
  return parseManifest((await readSafetensorsHeader(path)).metadata, path);
}

/** SHA-256 over the manifest and over the names, shapes and bytes of the tensors. */
function checksum(manifest: string, tensors: TensorRecords): string {
  const hash = createHash("sha256");
  for (const part of safetensorsParts({ metadata: { manifest }, tensors })) hash.update(part);
  return hash.digest("hex");
}

function parseManifest(metadata: Readonly<Record<string, string>>, path: string): CheckpointManifest {
  if (metadata["format"] !== format) throw new IdganError("CHECKPOINT_INVALID", `${path} is a safetensors file, but no checkpoint of idgan. Name a file from a run's checkpoints folder.`);
  if (metadata["version"] !== version) {
    throw new IdganError("CHECKPOINT_INVALID", `${path} has checkpoint version ${metadata["version"]}, and this idgan reads version ${version}. Update @idgan/core.`);
  }
  let manifest: unknown;
  try {
    manifest = JSON.parse(metadata["manifest"] ?? "");
  } catch (thrown) {
    throw invalidFile(path, "its manifest is not JSON", thrown);
  }
  if (!isManifest(manifest)) throw invalidFile(path, "its manifest lacks a field");
  return manifest;
}

function isManifest(value: unknown): value is CheckpointManifest {
  if (typeof value !== "object" || value === null) return false;
  const { stage, step, imagesShown, final, configHash, dataFingerprint, encoderHash, lossConvention, engine, coreVersion, phase } = value as Record<string, unknown>;
  return (
    (stage === "represent" || stage === "synthesise") &&
    [step, imagesShown].every((count) => Number.isSafeInteger(count) && Number(count) >= 0) &&
    typeof final === "boolean" &&
    (phase === undefined || isPhase(phase)) &&
    [configHash, dataFingerprint, engine, coreVersion].every((text) => typeof text === "string") &&
    [encoderHash, lossConvention].every((text) => text === undefined || typeof text === "string")
  );
}
