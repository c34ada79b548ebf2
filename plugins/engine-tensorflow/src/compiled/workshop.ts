import { IdganError, messageOf, type Graph } from "@idgan/core";
import type * as tf from "@tensorflow/tfjs";
import type { Binding } from "../binding.js";
import { lowerGraph, type LoweredStep } from "../lowering/lower.js";
import { elementsOf, type Elements } from "../saved-model/builder.js";
import { assignedName, createCell, feedName, fetchName, handleName, nodesOf, type Cell } from "./cell.js";
import { GraphSession, type Feed } from "./session.js";

/**
 * All compiled steps of an engine, and the variables that they share, in one graph and one session: TensorFlow's sessions share no variables.
 * The session is made anew before the first call after a step was added; values go over by way of the host.
 */
export class Workshop {
  readonly #binding: Binding;
  readonly #steps = new Set<LoweredStep>();
  readonly #cells = new Map<tf.Variable, Cell>();
  #session: GraphSession | undefined;
  #nextVariable = 0;
  #nextStep = 0;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  add(graph: Graph): LoweredStep {
    const step = lowerGraph(graph, `s${this.#nextStep++}`, (variable) => handleName(this.#cell(variable)));
    this.#steps.add(step);
    this.#close();
    return step;
  }

  /** The graph keeps its nodes until the next step is added: nodes that are not asked for cost nothing. */
  remove(step: LoweredStep): void {
    this.#steps.delete(step);
  }

  /** Runs a step once; returns the outputs named in `fetches`. */
  run(step: LoweredStep, feeds: readonly Feed[], fetches: readonly string[]): readonly Elements[] {
    const session = this.#open();
    this.#bring(session, step.reads);
    const results = this.#guarded(step, () => session.run(feeds, [...fetches, step.done]));
    for (const variable of step.writes) {
      const cell = this.#cell(variable);
      cell.host = undefined;
      cell.inSession = true;
    }
    return results.slice(0, -1);
  }

  /** The variable's present value, copied. All values come over at the first read after a step: a checkpoint reads them one after the other. */
  read(variable: tf.Variable): Float32Array {
    const cell = this.#cells.get(variable);
    if (!cell) return Float32Array.from(variable.dataSync());
    if (cell.host === undefined) this.#fetchAll();
    return Float32Array.from(cell.host ?? []);
  }

  write(variable: tf.Variable, values: Float32Array): void {
    const cell = this.#cell(variable);
    cell.host = elementsOf(values, cell.dtype);
    cell.inSession = false;
  }

  clear(): void {
    this.#session?.dispose();
    this.#session = undefined;
    this.#steps.clear();
    this.#cells.clear();
  }

  #cell(variable: tf.Variable): Cell {
    const known = this.#cells.get(variable);
    if (known) return known;
    const cell = createCell(variable, this.#nextVariable++);
    this.#cells.set(variable, cell);
    return cell;
  }

  #open(): GraphSession {
    if (this.#session) return this.#session;
    const used = new Set([...this.#steps].flatMap(({ reads, writes }) => [...reads, ...writes]));
    const cells = [...used].map((variable) => this.#cell(variable));
    this.#session = new GraphSession(this.#binding, [...cells.flatMap(nodesOf), ...[...this.#steps].flatMap(({ nodes }) => nodes)]);
    return this.#session;
  }

  /** Brings every value home, ends the session, and forgets variables that are gone. */
  #close(): void {
    if (!this.#session) return;
    for (const [variable, cell] of this.#cells) if (variable.isDisposed) this.#cells.delete(cell.variable);
    this.#fetchAll();
    this.#session.dispose();
    this.#session = undefined;
    for (const cell of this.#cells.values()) cell.inSession = false;
  }

  #fetchAll(): void {
    const away = [...this.#cells.values()].filter(({ host }) => host === undefined);
    if (away.length === 0 || !this.#session) return;
    const values = this.#session.run([], away.map(fetchName));
    for (const [i, cell] of away.entries()) cell.host = values[i];
  }

  /** Puts into the session what only the host has. */
  #bring(session: GraphSession, variables: readonly tf.Variable[]): void {
    const cells = variables.map((variable) => this.#cell(variable)).filter(({ inSession }) => !inSession);
    if (cells.length === 0) return;
    session.run(cells.map((cell) => ({ node: feedName(cell), shape: cell.shape, dtype: cell.dtype, values: cell.host ?? elementsOf([], cell.dtype) })), cells.map(assignedName));
    for (const cell of cells) cell.inSession = true;
  }

  #guarded<Result>(step: LoweredStep, body: () => Result): Result {
    try {
      return body();
    } catch (error) {
      const message = messageOf(error);
      const node = [...message.matchAll(/node (s\d+\/\w+)/g)].flatMap(([, name = ""]) => step.origins.get(name) ?? [])[0];
      const missing = /No OpKernel was registered|not (?:yet )?support/i.test(message);
      throw new IdganError(missing ? "ENGINE_KERNEL" : "INTERNAL", `TensorFlow failed${node === undefined ? "" : ` at ${node}`}: ${message}${missing ? ' Use other ops there, or run with engine.options.mode "eager".' : ""}`, error);
    }
  }
}
