import test from "ava";
import { defineOptions, type Format } from "../contract/option.js";
import { definePlugin } from "../plugin.js";
import { accepts, boolean, fraction, integer, integerFrom, isAnchored, listOf, nonNegative, nullable, number, oneOf, path, positive, positiveInteger, text } from "./formats.js";

const numeric = { number, positive, nonNegative, fraction, integer, positiveInteger, atLeastTwo: integerFrom(2) };

for (const [name, check] of Object.entries(numeric)) {
  test(`${name} refuses what only looks like a number`, (t) => {
    for (const value of [Number.NaN, Infinity, -Infinity, "x", "7x", "7", "", null, undefined, true, [], [7], {}, 7n]) {
      t.false(accepts(check as Format<unknown>, value), `${name} took ${String(value)}`);
    }
  });
}

const edges: readonly (readonly [string, Format<number>, readonly number[], readonly number[]])[] = [
  ["number", number, [-1.5, 0, 1e300], []],
  ["positive", positive, [Number.MIN_VALUE, 3], [0, -0, -1]],
  ["nonNegative", nonNegative, [0, 3.5], [-Number.MIN_VALUE]],
  ["fraction", fraction, [0, 0.5, 1], [-0.01, 1.01]],
  ["integer", integer, [-3, 0, 9_007_199_254_740_991], [0.5, 9_007_199_254_740_992]],
  ["positiveInteger", positiveInteger, [1], [0, -1, 1.5]],
  ["integerFrom(2)", integerFrom(2), [2, 64], [1, 2.5]],
];

for (const [name, check, within, outside] of edges) {
  test(`${name} knows its edges`, (t) => {
    for (const value of within) t.true(accepts(check, value), `${name} refused ${value}`);
    for (const value of outside) t.false(accepts(check, value), `${name} took ${value}`);
  });
}

test("a format says what it expected", (t) => {
  t.throws(() => (positive as (value: unknown) => void)(-1), { message: "must be a number above 0" });
  t.is(oneOf("a", "b", "c").expected, '"a", "b" or "c"');
  t.is(oneOf(32).expected, "32");
  t.is(nullable(listOf(positive)).expected, "a list, each item a number above 0, or null");
});

test("oneOf, boolean and text take exactly their values", (t) => {
  t.true(accepts(oneOf("adam", 2), 2));
  t.false(accepts(oneOf("adam", 2), "2"));
  t.false(accepts(boolean, "false"));
  t.true(accepts(boolean, false));
  t.false(accepts(text, "  "));
  t.false(accepts(text, 7));
});

test("listOf and nullable check what they hold", (t) => {
  t.true(accepts(listOf(integer), []));
  t.false(accepts(listOf(integer), [1, Number.NaN]));
  t.false(accepts(listOf(integer), "1,2"));
  t.true(accepts(nullable(integer), null));
  t.false(accepts(nullable(integer), undefined));
});

test("a path is anchored in a folder, in a list and beside null too", (t) => {
  const many = nullable(listOf(path));
  t.is(path.anchor("pictures", "/data"), "/data/pictures");
  t.is(path.anchor("/pictures", "/data"), "/pictures");
  t.true(isAnchored(many));
  t.deepEqual(isAnchored(many) ? many.anchor(["a", "../b"], "/data/x") : [], ["/data/x/a", "/data/b"]);
  t.is(isAnchored(many) ? many.anchor(null, "/data") : 0, null);
});

test("a plugin's build receives what its formats say", (t) => {
  const plugin = definePlugin({
    kind: "data",
    name: "typed",
    core: "*",
    options: defineOptions({
      beta: { doc: "Weight.", format: positive, default: 4 },
      mode: { doc: "Mode.", format: oneOf("a", "b"), default: "a" },
      sizes: { doc: "Sizes.", format: nullable(listOf(integer)), default: null },
    }),
    open: async (options) => {
      const beta: number = options.beta;
      const mode: "a" | "b" = options.mode;
      const sizes: readonly number[] | null = options.sizes;
      throw new Error(`${beta} ${mode} ${String(sizes)}`);
    },
  });
  t.is(plugin.options.beta.default, 4);
});
