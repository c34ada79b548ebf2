import { batchShape, createStream, describeSpace, expectDataset, expectPixels, type DataPlugin, type Dataset } from "@idgan/core";
import assert from "node:assert/strict";
import { createCheck, fit, Unfit, type Check } from "./check.js";
import { kindChecks } from "./option-checks.js";
import { completeSample, optionsOf, type Sample } from "./sample.js";
import { sameBytes } from "./values.js";

/** Images that the checks look at, drawn from all of them. */
const looked = 12;

/** What a data plugin promises to the stages and to the metrics. */
export function dataChecks(plugin: DataPlugin, partial: Partial<Sample>): readonly Check[] {
  const sample = completeSample(partial);
  const open = (size = sample.size) => plugin.open(optionsOf(plugin, sample), { size, folder: sample.folder, seed: sample.seed });
  const openFit = async (size?: number): Promise<Dataset> => {
    const opened: unknown = await open(size);
    return fit(() => expectDataset(opened, plugin.name));
  };
  const withDataset = async (body: (dataset: Dataset) => Promise<void> | void): Promise<void> => {
    const dataset = await openFit();
    try {
      await body(dataset);
    } finally {
      await dataset.close?.();
    }
  };
  const opened = (title: string, body: (dataset: Dataset) => Promise<void> | void) => createCheck(title, () => withDataset(body));
  return kindChecks("data", plugin, sample, () => [
    createCheck("opens a dataset with a name, images, a batch and a fingerprint", async () => {
      await expectDataset(await open(), plugin.name).close?.();
    }),
    opened("has images of the size that the run asked for", ({ image }) => {
      assert.deepEqual([image.height, image.width, ...image.range], [sample.size, sample.size, 0, 1], `Images are ${describeSpace(image)}; the run asked for ${sample.size} pixels in [0, 1].`);
    }),
    opened("gives pixels in [0, 1], one image after the other", async (dataset) => {
      const indices = indicesOf(dataset);
      const pixels = expectPixels(await dataset.batch(indices), indices.length, dataset.image, plugin.name);
      const outside = pixels.find((value) => !(value >= 0 && value <= 1));
      assert.equal(outside, undefined, `A pixel is ${outside}.`);
    }),
    opened("gives the same pixels for the same index, in an array of the caller's own", async (dataset) => {
      const indices = indicesOf(dataset);
      const first = await batchOf(dataset, indices);
      const copy = first.slice();
      const second = await batchOf(dataset, indices);
      assert.ok(sameBytes(second, copy), "The same indices gave other pixels the second time.");
      second.fill(0.5);
      assert.ok(sameBytes(first, copy), "An earlier batch changed when a later one was written to.");
      assert.ok(sameBytes(await batchOf(dataset, indices), copy), "Writing to a batch changed what the dataset gives.");
    }),
    opened("fills an array that is done with, or takes no notice of it, and leaves every other as it is", async (dataset) => {
      const indices = indicesOf(dataset);
      const kept = await batchOf(dataset, indices);
      const copy = kept.slice();
      for (const length of [kept.length, kept.length + 1, 1]) {
        assert.ok(sameBytes(await batchOf(dataset, indices, undefined, new Float32Array(length).fill(0.5)), copy), `A batch of ${kept.length} numbers comes out otherwise where there is an array of ${length} to fill.`);
      }
      assert.ok(sameBytes(kept, copy), "An earlier batch changed when another array was filled.");
    }),
    opened("gives the images in the order of the indices, repeated where an index is", async (dataset) => {
      const indices = indicesOf(dataset);
      const shuffled = [...indices.toReversed(), indices[0] ?? 0];
      const [straight, mixed] = [await batchOf(dataset, indices), await batchOf(dataset, Uint32Array.from(shuffled))];
      const length = lengthOf(dataset);
      for (const [place, index] of shuffled.entries()) {
        const before = indices.indexOf(index);
        const same = sameBytes(mixed.slice(place * length, (place + 1) * length), straight.slice(before * length, (before + 1) * length));
        assert.ok(same, `Image ${index} at place ${place} of a batch is not image ${index} at place ${before} of another.`);
      }
    }),
    opened("refuses indices that it has no image for", async (dataset) => {
      for (const index of [dataset.size, -1, 0.5, Number.NaN]) {
        await assert.rejects(async () => dataset.batch([index]), Error, `The dataset gave an image for the index ${index} of ${dataset.size}.`);
      }
    }),
    opened("has factors whose values and indices lead to each other, or none", (dataset) => {
      const { factors, size } = dataset;
      if (factors === undefined) {
        assert.ok(!dataset.factorValues && !dataset.indicesOf, "The dataset has values of factors, and no factors.");
        return;
      }
      assert.ok(dataset.factorValues && dataset.indicesOf, "The dataset has factors, and lacks factorValues or indicesOf.");
      assert.equal(new Set(factors.map(({ name }) => name)).size, factors.length, "Two factors bear one name.");
      assert.ok(factors.every((factor) => factor.size > 0) && product(factors) >= size, `${product(factors)} combinations of factors for ${size} images.`);
      const indices = indicesOf(dataset);
      const values = dataset.factorValues(indices);
      assert.equal(values.length, indices.length * factors.length, "factorValues has not one value for each image and factor.");
      for (const [i, value] of values.entries()) {
        const factor = factors[i % factors.length];
        assert.ok(factor && value >= 0 && value < factor.size, `${factor?.name} is ${value}, of ${factor?.size} values.`);
      }
      assert.deepEqual([...dataset.indicesOf(values)], [...indices], "indicesOf(factorValues(indices)) are other indices.");
    }),
    createCheck("has a fingerprint that stays, and changes with the size of the images", async () => {
      const fingerprintOf = async (size: number): Promise<string> => {
        const dataset = await openFit(size);
        await dataset.close?.();
        return dataset.fingerprint;
      };
      const fingerprint = await fingerprintOf(sample.size);
      assert.equal(await fingerprintOf(sample.size), fingerprint, "The same images have another fingerprint the second time.");
      assert.notEqual(await fingerprintOf(2 * sample.size), fingerprint, "Images of another size have the same fingerprint.");
    }),
  ]);
}

/** Pixels of a dataset that gives them as it must; throws `Unfit` of any other. */
async function batchOf(dataset: Dataset, ...asked: Parameters<Dataset["batch"]>): Promise<Float32Array> {
  const pixels: unknown = await dataset.batch(...asked);
  if (!(pixels instanceof Float32Array)) throw new Unfit("Its batch is no Float32Array.");
  return pixels;
}

/** The first, the last, and some between, each once. */
function indicesOf({ size }: Dataset): Uint32Array {
  const between = createStream(1, "testkit/indices").integers(0, looked, size);
  return Uint32Array.from(new Set([0, size - 1, ...between]));
}

function lengthOf({ image }: Dataset): number {
  return batchShape(image, 1).reduce((length, side) => length * side, 1);
}

function product(factors: readonly { readonly size: number }[]): number {
  return factors.reduce((count, { size }) => count * size, 1);
}
