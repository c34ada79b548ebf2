import { IdganError } from "../../contract/error.js";
import type { Graph } from "../graph.js";
import { foldConstants } from "./fold-constants.js";
import { removeDeadCode } from "./remove-dead-code.js";
import { shareSubexpressions } from "./share-subexpressions.js";
import { simplifyArithmetic } from "./simplify-arithmetic.js";
import { simplifyBroadcasts } from "./simplify-broadcasts.js";
import { simplifyShapes } from "./simplify-shapes.js";

const passes = [removeDeadCode, foldConstants, simplifyArithmetic, simplifyShapes, simplifyBroadcasts, shareSubexpressions];

/** Far more rounds than a graph needs; every rule makes it smaller or moves a broadcast towards the end. */
const maxRounds = 200;

/** Runs all passes until none changes the graph, which computes the same with less. */
export function optimise(graph: Graph): Graph {
  let current = graph;
  for (let round = 0; round < maxRounds; round++) {
    const before = current;
    for (const pass of passes) current = pass(current);
    if (current === before) return current;
  }
  throw new IdganError("INTERNAL", `The passes over "${graph.name}" did not come to an end.`);
}
