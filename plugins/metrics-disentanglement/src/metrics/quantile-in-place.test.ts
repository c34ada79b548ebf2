import test from "ava";
import { quantileOf } from "../numerics/quantile.js";
import { quantileInPlace } from "./quantile-in-place.js";
import { unit } from "./synthetic-codes.test.table.js";

test("a quantile without a sort is that of the sorted values, with ties and without", (t) => {
  for (const [salt, step] of [[1, 0], [2, 0.1], [3, 1]] as const) {
    for (const count of [1, 2, 3, 10, 501]) {
      const values = Float64Array.from({ length: count }, (_, i) => (step === 0 ? unit(i, salt) : Math.floor(unit(i, salt) / step)));
      for (const q of [0, 0.25, 0.5, 0.99, 1]) t.is(quantileInPlace(values.slice(), q), quantileOf(values, q), `${count} values at ${q}`);
    }
  }
});
