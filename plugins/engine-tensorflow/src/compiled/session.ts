import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DataType } from "@idgan/core";
import type { Binding } from "../binding.js";
import type { Elements } from "../saved-model/builder.js";
import { encodeSavedModel, tag } from "../saved-model/encode.js";
import type { NodeDef } from "../saved-model/graph-def.js";

/** A value for a node of the graph. */
export interface Feed {
  readonly node: string;
  readonly shape: readonly number[];
  readonly dtype: DataType;
  readonly values: Elements;
}

/** A graph in a session of TensorFlow's, by way of a SavedModel in a folder that is gone when it is loaded. */
export class GraphSession {
  readonly #binding: Binding;
  readonly #id: number;

  constructor(binding: Binding, nodes: readonly NodeDef[]) {
    this.#binding = binding;
    const folder = mkdtempSync(join(tmpdir(), "idgan-tensorflow-"));
    try {
      writeFileSync(join(folder, "saved_model.pb"), encodeSavedModel(nodes));
      this.#id = binding.loadSavedModel(folder, tag);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Feeds nodes, runs what the fetched nodes need, and returns their values as copies. */
  run(feeds: readonly Feed[], fetches: readonly string[]): readonly Elements[] {
    const binding = this.#binding;
    const ids: number[] = [];
    try {
      for (const { shape, dtype, values } of feeds) ids.push(binding.createTensor(shape, this.#type(dtype), values));
      const results = binding.runSavedModel(this.#id, ids, feeds.map(({ node }) => `${node}:0`).join(","), fetches.map((node) => `${node}:0`).join(","));
      ids.push(...results.map(({ id }) => id));
      return results.map(({ id }) => binding.tensorDataSync(id));
    } finally {
      for (const id of ids) binding.deleteTensor(id);
    }
  }

  dispose(): void {
    this.#binding.deleteSavedModel(this.#id);
  }

  #type(dtype: DataType): number {
    const { TF_FLOAT, TF_INT32, TF_BOOL } = this.#binding;
    return { float32: TF_FLOAT, int32: TF_INT32, bool: TF_BOOL }[dtype];
  }
}
