import { dtypeOf, numberOf, numbersOf, type Rule, type Rules } from "./rule.js";

const like = (value: number): Rule => (call) => call.uniform(call.input("x").shape, value, call.input("x").dtype);

/** Kernels that make constants: one number broadcast, or a small list. */
export const fills: Rules = {
  Fill: (call) => call.uniform(numbersOf(call, "shape"), Number(call.attrs["value"]), dtypeOf(call, "dtype")),
  ZerosLike: like(0),
  OnesLike: like(1),
  Range: (call) => {
    const start = numberOf(call, "start");
    const stop = numberOf(call, "stop");
    const step = numberOf(call, "step") * (stop < start && numberOf(call, "step") === 1 ? -1 : 1);
    const length = Math.max(0, Math.ceil((stop - start) / step));
    return call.constant(Array.from({ length }, (_, i) => start + i * step), [length], dtypeOf(call, "dtype"));
  },
  LinSpace: (call) => {
    const start = numberOf(call, "start");
    const length = numberOf(call, "num");
    const step = length < 2 ? 0 : (numberOf(call, "stop") - start) / (length - 1);
    return call.constant(Array.from({ length }, (_, i) => start + i * step), [length], "float32");
  },
};
