import type { Metric } from "@idgan/core";
import { activeUnits } from "./active-units.js";
import { betaVae } from "./beta-vae-score.js";
import { dci } from "./dci.js";
import { exactMig } from "./exact-mig.js";
import { explicitness } from "./explicitness.js";
import { factorVae } from "./factor-vae-score.js";
import { gaussianTc, wasserstein, wassersteinNormalised } from "./gaussian-correlation.js";
import { irs } from "./irs.js";
import { mig } from "./mig.js";
import { modularity } from "./modularity.js";
import { pairwiseMi } from "./pairwise-information.js";
import { sap } from "./sap.js";
import { udr } from "./udr.js";

/** Every score of the plugin, in the order in which tables show them. */
export const metrics: readonly Metric[] = [
  factorVae,
  betaVae,
  mig,
  exactMig,
  sap,
  dci,
  modularity,
  explicitness,
  irs,
  gaussianTc,
  wasserstein,
  wassersteinNormalised,
  pairwiseMi,
  activeUnits,
  udr,
];
