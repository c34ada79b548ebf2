import * as tf from "@tensorflow/tfjs";
import { convolutionGradients } from "./convolution-gradients.js";
import { elementwiseGradients } from "./elementwise-gradients.js";
import { normalisationGradients } from "./normalisation-gradients.js";
import { poolingGradients } from "./pooling-gradients.js";
import { reductionGradients } from "./reduction-gradients.js";
import { resizeGradients } from "./resize-gradients.js";
import { shapeGradients } from "./shape-gradients.js";
import { mendTape } from "./tape.js";

/**
 * Makes the first and second derivatives of tfjs right for every op that a backbone may use, so that R1 of a discriminator written in
 * plain tfjs is right as written. It changes gradients for the whole process, and no forward value; calling it again does nothing new.
 * Not within its reach is `tf.logSigmoid`, whose own gradient reads a tensor that tfjs has disposed of by then: write `neg(softplus(neg(x)))`.
 */
export function repairGradients(): void {
  mendTape();
  const gradients = [
    ...elementwiseGradients,
    ...reductionGradients,
    ...shapeGradients,
    ...convolutionGradients,
    ...poolingGradients,
    ...resizeGradients,
    ...normalisationGradients,
  ];
  for (const gradient of gradients) tf.registerGradient(gradient);
}
