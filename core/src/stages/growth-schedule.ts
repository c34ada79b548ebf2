import { IdganError } from "../contract/error.js";
import type { Growth, Phase } from "../contract/growth.js";

/** One update of a stage 2 that grows. */
export interface Moment {
  /** Before the update. */
  readonly imagesShown: number;
  readonly batch: number;
  readonly phase: Phase;
}

/** Updates in a row that have one batch. */
interface Stretch {
  readonly step: number;
  readonly imagesShown: number;
  readonly batch: number;
}

/** Which phase each update falls into: a function of its number alone, though the batches before it may have had any size. */
export class GrowthSchedule {
  readonly #growth: Growth;
  readonly #size: number;
  readonly #batch: number;
  readonly #stretches: Stretch[] = [];
  #known: { step: number; imagesShown: number; phase: Phase };

  /** `size` is that of the finished images, `batch` that of phases that name none. Throws `BACKBONE_INVALID` for a growth that breaks its contract. */
  constructor(growth: Growth, size: number, batch: number) {
    this.#growth = growth;
    this.#size = size;
    this.#batch = batch;
    const phase = growth.phase(0);
    this.#expectPhase(phase, 0);
    this.#stretches.push({ step: 0, imagesShown: 0, batch: this.#batchOf(phase) });
    this.#known = { step: 0, imagesShown: 0, phase };
  }

  /** Update `step`, counted from 0. */
  at(step: number): Moment {
    while (this.#known.step < step) this.#advance();
    const { step: first, imagesShown: before, batch } = this.#stretches.findLast((stretch) => stretch.step <= step) as Stretch;
    const imagesShown = before + (step - first) * batch;
    return { imagesShown, batch, phase: this.#growth.phase(imagesShown) };
  }

  /** Whether update `step` is the first of a new key; the very first is none. */
  begins(step: number): boolean {
    return step > 0 && this.at(step).phase.key !== this.at(step - 1).phase.key;
  }

  /** The first update of each key among the first `steps`. */
  starts(steps: number): readonly (Moment & { readonly step: number })[] {
    const found = new Map<string, Moment & { readonly step: number }>();
    for (let step = 0; step < steps; step += 1) {
      const moment = this.at(step);
      if (!found.has(moment.phase.key)) found.set(moment.phase.key, { step, ...moment });
    }
    return [...found.values()];
  }

  #advance(): void {
    const { step, imagesShown, phase: before } = this.#known;
    const shown = imagesShown + this.#batchOf(before);
    const phase = this.#growth.phase(shown);
    this.#expectPhase(phase, shown);
    this.#expectStep(before, phase, shown);
    if (this.#batchOf(phase) !== this.#batchOf(before)) this.#stretches.push({ step: step + 1, imagesShown: shown, batch: this.#batchOf(phase) });
    this.#known = { step: step + 1, imagesShown: shown, phase };
  }

  #batchOf({ batch = this.#batch }: Phase): number {
    return batch;
  }

  #expectPhase({ key, resolution, fadeIn, generatorRate = 1, discriminatorRate = 1, ...phase }: Phase, imagesShown: number): void {
    const refuse = (what: string): never => refusePhase(imagesShown, what);
    if (typeof key !== "string" || key === "") refuse("has no key");
    const halvings = Math.log2(this.#size / resolution);
    if (!(Number.isInteger(halvings) && halvings >= 0)) refuse(`makes images of ${resolution} pixels, and images of ${this.#size} pixels can only be halved`);
    const batch = this.#batchOf(phase as Phase);
    if (!(Number.isSafeInteger(batch) && batch >= 1)) refuse(`has a batch of ${batch}, which must be a whole number of at least 1`);
    if (!(fadeIn > 0 && fadeIn <= 1)) refuse(`has a fadeIn of ${fadeIn}, which must lie above 0 and at most at 1`);
    if (!(generatorRate > 0 && discriminatorRate > 0 && Number.isFinite(generatorRate * discriminatorRate))) refuse("has a learning rate that is not a number above 0");
  }

  #expectStep(before: Phase, after: Phase, imagesShown: number): void {
    const { key, resolution } = after;
    if (resolution !== before.resolution && resolution !== 2 * before.resolution) {
      refusePhase(imagesShown, `jumps from ${before.resolution} to ${resolution} pixels, and must stay or double: a phase is missing between them`);
    }
    if (key === before.key && (resolution !== before.resolution || this.#batchOf(after) !== this.#batchOf(before))) {
      refusePhase(imagesShown, `is named "${key}" as the one before, and has another size or batch; a compiled step has one of each`);
    }
  }
}

function refusePhase(imagesShown: number, what: string): never {
  throw new IdganError("BACKBONE_INVALID", `The phase after ${imagesShown} images ${what}. Correct the GAN's growth, or its options.`);
}
