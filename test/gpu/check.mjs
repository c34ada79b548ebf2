// The conformance kit on one engine with options of its own, such as those for a GPU: node test/gpu/check.mjs --engine @idgan/engine-tensorflow --options '{"device":"gpu"}'
// Kernels, whole updates against the eager engine (1e-4), every backbone. The last line is `N passed, N failed`; the exit status is 0 only if nothing failed.
import { parseArgs } from "node:util";
import { defaultOptions } from "@idgan/core";
import { engineChecks, ganChecks, referenceGan, referenceVae, vaeChecks } from "@idgan/testkit";

const { values } = parseArgs({
  options: {
    engine: { type: "string", default: "@idgan/engine-tensorflow" },
    options: { type: "string", default: "{}" },
    only: { type: "string", default: "" },
  },
});
const options = JSON.parse(values.options);
const plugin = (await import(values.engine)).default;
const load = async (name) => (await import(`@idgan/plugin-${name}`)).default;
const on = { engine: () => plugin.create({ ...defaultOptions(plugin), ...options }) };

const { available, lines } = await plugin.probe({ ...defaultOptions(plugin), ...options });
console.log(lines.join("\n"));
if (!available) process.exit(1);

/** Of the official widths, a hundredth. */
const smallStyles = { width: 32, maxWidth: 6, styleDim: 8, mappingLayers: 2 };
const groups = {
  engine: engineChecks(plugin, { options }),
  "reference VAE": vaeChecks(referenceVae, on),
  "reference GAN": ganChecks(referenceGan, on),
  betavae: vaeChecks(await load("betavae"), on),
  factorvae: vaeChecks(await load("factorvae"), { options: { hiddenLayers: 2, width: 16 }, ...on }),
  betatcvae: vaeChecks(await load("betatcvae"), on),
  dipvae: vaeChecks(await load("dipvae"), on),
  "dcgan official": ganChecks(await load("dcgan"), on),
  "dcgan Radford": ganChecks(await load("dcgan"), { channels: 3, options: { architecture: "dcgan", width: 8 }, ...on }),
  resnetgan: ganChecks(await load("resnetgan"), { size: 16, channels: 3, options: { width: 4, maxWidth: 6 }, ...on }),
  "resnetgan with a bottleneck": ganChecks(await load("resnetgan"), { channels: 3, options: { width: 4, bottleneck: true }, ...on }),
  stylegan: ganChecks(await load("stylegan"), { size: 8, channels: 3, options: smallStyles, ...on }),
  "progressive GAN": ganChecks(await load("stylegan"), { size: 8, options: { ...smallStyles, architecture: "progressive", loss: "wasserstein" }, ...on }),
};

let [passed, failed] = [0, 0];
for (const [group, checks] of Object.entries(groups)) {
  if (!group.includes(values.only)) continue;
  for (const check of checks) {
    try {
      await check.run();
      passed += 1;
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${group}: ${error.message}`);
    }
  }
  console.log(`${group}: ${passed} passed so far`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
