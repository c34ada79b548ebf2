import { totalName } from "../../contract/loss-term.js";
import type { StepReport } from "../../run/reporter.js";

const narrowestBar = 8;
const widestBar = 30;
const mostLosses = 4;

/**
 * One line of at most `width` characters: stage, bar, steps, share, rate, time left and losses. Where not all of it fits, the bar goes
 * first, then rate and steps, so that all losses stay on a terminal of 80 columns; then the losses from the right, and the time left last.
 */
export function progressLine(report: StepReport, width: number): string {
  const share = report.steps === 0 ? 1 : Math.min(1, report.step / report.steps);
  const steps = `${report.step}/${report.steps}`;
  const percent = `${String(Math.floor(share * 100)).padStart(3)}%`;
  const eta = `ETA ${formatDuration(report.etaSeconds)}`;
  const losses = shortLosses(report.losses);
  const [full, brief, least] = [[steps, percent, formatRate(report.stepsPerSecond), eta], [steps, percent, eta], [percent, eta]];
  const fewer = losses.map((_, left) => [...full, ...losses.slice(0, losses.length - 1 - left)]);
  const candidates = [...[full, brief, least].map((facts) => [...facts, ...losses]), ...fewer, brief, least, [percent]];
  const room = (facts: readonly string[]): number => width - [report.stage, ...facts].join("  ").length;
  const facts = candidates.find((each) => room(each) >= 0);
  if (facts === undefined) return `${report.stage} ${percent}`.slice(0, Math.max(0, width));
  const bar = Math.min(widestBar, room(facts) - 2);
  if (bar < narrowestBar) return [report.stage, ...facts].join("  ");
  const filled = Math.round(share * bar);
  return [report.stage, "█".repeat(filled) + "░".repeat(bar - filled), ...facts].join("  ");
}

/** Names of networks and terms as a terminal has room for them. */
const short: readonly (readonly [from: RegExp, to: string])[] = [
  [/^discriminator\//, "D "],
  [/^generator\//, "G "],
  [/\badversarial$/, "adv"],
];

/** The first few losses under short names; totals, which are the sums of the others, are left out. */
function shortLosses(losses: StepReport["losses"]): readonly string[] {
  const terms = Object.entries(losses).filter(([name]) => !isTotal(name)).slice(0, mostLosses);
  return terms.map(([name, value]) => `${short.reduce((shorter, [from, to]) => shorter.replace(from, to), name)} ${formatLoss(value, 3)}`);
}

function isTotal(name: string): boolean {
  return name === totalName || name.endsWith(`/${totalName}`);
}

/** The same facts for a file, with all losses: `represent  1000/10000  182 steps/s  11.6k images/s  ETA 0:49  kl 12.30`. */
export function plainLine(report: StepReport): string {
  const facts = [`${report.step}/${report.steps}`, formatRate(report.stepsPerSecond), `${formatCount(report.imagesPerSecond)} images/s`, `ETA ${formatDuration(report.etaSeconds)}`];
  const losses = Object.entries(report.losses).map(([name, value]) => `${name} ${formatLoss(value)}`);
  return [report.stage, ...facts, ...losses].join("  ");
}

/** Four figures, or `figures`: `1234`, `41.23`, `0.001230`, `1.20e-7`. */
export function formatLoss(value: number, figures = 4): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || value === 0) return String(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2);
  return size >= 10 ** (figures - 1) ? value.toFixed(0) : value.toPrecision(figures);
}

/** Slow steps are counted in seconds: `182 steps/s`, `3.4 steps/s`, `2.5 s/step`. */
export function formatRate(stepsPerSecond: number): string {
  if (!(stepsPerSecond > 0)) return "- steps/s";
  return stepsPerSecond < 1 ? `${(1 / stepsPerSecond).toFixed(1)} s/step` : `${formatCount(stepsPerSecond)} steps/s`;
}

export function formatCount(value: number): string {
  if (value >= 10_000) return `${(value / 1000).toFixed(1)}k`;
  return value.toFixed(value < 10 ? 1 : 0);
}

/** `0:49`, `12:05`, `3:07:00`, `4 d 6 h`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "-:--";
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`;
  const tail = `${hours > 0 ? String(minutes).padStart(2, "0") : minutes}:${String(whole % 60).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}
