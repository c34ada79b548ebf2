import type { Metric } from "@idgan/core";
import { codeInvariance } from "./code-invariance.js";
import { codeLeakage } from "./code-leakage.js";
import { codeRecovery } from "./code-recovery.js";
import { idInformation } from "./id-information.js";
import { idNll } from "./id-nll.js";

/** Every score of the plugin, in the order in which tables show them. */
export const metrics: readonly Metric[] = [idNll, idInformation, codeRecovery, codeLeakage, codeInvariance];
