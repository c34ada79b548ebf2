import test from "ava";
import type { Dataset } from "../../contract/dataset.js";
import { IdganError } from "../../contract/error.js";
import { unitSpace } from "../../contract/image-space.js";
import { checkedDataset } from "./checked-dataset.js";

/** Two pixels an image; a class, as a plugin may well write one. */
class Grey implements Dataset {
  readonly name = "grey";
  readonly size = 10;
  readonly image = { ...unitSpace(1, 1), width: 2 };
  readonly fingerprint = "grey";
  readonly #notes: string[] = [];
  readonly asked: Parameters<Dataset["batch"]>[] = [];
  shade = 0.5;
  closed = false;

  get notes(): readonly string[] {
    return this.#notes;
  }

  async batch(...asked: Parameters<Dataset["batch"]>): Promise<Float32Array> {
    const [indices, , into] = asked;
    this.asked.push(asked);
    this.#notes.push("read");
    return (into?.length === 2 * indices.length ? into : new Float32Array(2 * indices.length)).fill(this.shade);
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

test("a checked dataset hands on what it is asked, and the very array that it was given", async (t) => {
  const grey = new Grey();
  const checked = checkedDataset(grey, "x");
  const [draw, into] = [{ stage: "represent", purpose: "real", step: 3, first: 0 } as const, new Float32Array(4)];
  t.is(await checked.batch([1, 2], draw, into), into);
  t.deepEqual(grey.asked, [[[1, 2], draw, into]]);
  t.deepEqual(checked.notes, ["read"]);
  t.deepEqual([checked.factors, checked.factorValues, checked.indicesOf], [undefined, undefined, undefined]);
  await checked.close?.();
  t.true(grey.closed);
});

test("pixels are looked at in the first batch that has any, and in no later one", async (t) => {
  const grey = new Grey();
  const checked = checkedDataset(grey, "x");
  await checked.batch([]);
  grey.shade = 200;
  await t.throwsAsync(checked.batch([0]), { instanceOf: IdganError, message: /x \(data\).*a pixel of 200.*Divide bytes by 255/ });
  await t.notThrowsAsync(checked.batch([0]));
});

test("a pixel beyond 1 by rounding is none that is out of range", async (t) => {
  const grey = new Grey();
  grey.shade = 1.0005;
  await t.notThrowsAsync(checkedDataset(grey, "x").batch([0]));
});

test("an IdganError of a dataset's own stays as it is, and another error becomes its cause", async (t) => {
  const [own, foreign] = [new IdganError("DATA_NOT_FOUND", "a.png is gone."), new RangeError("image 10: there are images 0 to 9")];
  const failing = (error: Error) => checkedDataset(Object.assign(new Grey(), { batch: () => Promise.reject(error) }), "x");
  t.is(await t.throwsAsync(failing(own).batch([0])), own);
  const error = await t.throwsAsync(failing(foreign).batch([10]), { instanceOf: IdganError, message: "batch of x (data): image 10: there are images 0 to 9" });
  t.is(error?.cause, foreign);
});
