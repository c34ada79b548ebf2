// A data plugin for feeding.mjs: data-images, but in every second block of updates one batch that is there already.
import images from "@idgan/plugin-data-images";
import { definePlugin, positiveInteger, roomFor } from "@idgan/core";

/** Whether an update of a run is fed from the pictures. */
export const isFed = (step, block) => Math.floor(step / block) % 2 === 1;

export default definePlugin({
  ...images,
  name: "./half-fed.mjs",
  options: { ...images.options, block: { doc: "Updates of a block.", format: positiveInteger, default: 20 } },
  known: undefined,
  inspect: undefined,
  async open({ block, ...options }, context) {
    const pictures = await images.open(options, context);
    const kept = new Map();
    return {
      ...pictures,
      async batch(indices, draw, into) {
        if (draw === undefined || isFed(draw.step, block)) return await pictures.batch(indices, draw, into);
        const key = `${draw.purpose} ${indices.length}`;
        if (!kept.has(key)) kept.set(key, await pictures.batch(indices, draw));
        const batch = roomFor(kept.get(key).length, into);
        batch.set(kept.get(key));
        return batch;
      },
    };
  },
});
