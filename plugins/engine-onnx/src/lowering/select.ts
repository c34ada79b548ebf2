import type { GraphNode } from "@idgan/core";
import { beside, leaderOf } from "./binary.js";
import type { Form } from "./form.js";
import { castTo, inputOf, outputOf, rows, type Lowerer, type Lowering } from "./lowerer.js";

function select(lowerer: Lowerer, node: GraphNode): Form {
  const { shape } = outputOf(node);
  const condition = inputOf(node, "condition");
  const values = [condition, inputOf(node, "t"), inputOf(node, "e")];
  const leader = leaderOf(lowerer, values, shape);
  const names = values.map((value) => (leader && beside(lowerer, value, shape, leader)) ?? lowerer.array(value));
  const [chosen = "", t = "", e = ""] = names;
  const name = lowerer.emit("Where", [castTo(lowerer, chosen, condition.dtype, "bool"), t, e]);
  return leader ? { ...leader, name } : rows(name, shape);
}

export const selects: Readonly<Record<string, Lowering>> = { Select: select };
