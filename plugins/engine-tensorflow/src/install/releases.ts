/** A wheel of Python's package index that was tried: its file must be this one. */
export interface Wheel {
  readonly sha256: string;
  readonly bytes: number;
}

export const defaultRelease = "2.19.1";

/** The first release whose wheels carry the C API in a library of its own, `libtensorflow_cc`; earlier ones hide it in a Python extension. */
export const oldestRelease = "2.12.0";

/** Wheels for CPython 3.11 on 64-bit Linux (x86): nothing of Python in them is used. */
const wheels: Readonly<Record<string, Wheel>> = {
  "tensorflow-cpu 2.15.1": { sha256: "54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26", bytes: 207_208_420 },
  "tensorflow-cpu 2.18.1": { sha256: "810c75d7149d2da0cb2092187817b0dcabb80728ca9f9cf3a61f3f42fadd1298", bytes: 230_236_181 },
  "tensorflow-cpu 2.19.1": { sha256: "0b6d72bd09c267e7573757bd309f5b1e2cdb02577339991da751f3a1411e4dae", bytes: 251_795_484 },
  "tensorflow-cpu 2.21.0": { sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c", bytes: 273_829_956 },
  "tensorflow 2.15.1": { sha256: "bb0edd69103c154245c5f209f0507355cc68ba7e4de350084bc31edc562478e4", bytes: 475_258_663 },
  "tensorflow 2.18.1": { sha256: "c9f87e5d2a680a4595f5dc30daf6bbaec9d4129b46d7ef1b2af63c46ac7d2828", bytes: 615_510_377 },
  "tensorflow 2.19.1": { sha256: "8e5524eb492160576e5eeea9bb472ddc653123503f2290f83123d5ac9545750e", bytes: 644_896_980 },
  "tensorflow 2.21.0": { sha256: "9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124", bytes: 572_440_367 },
};

export function knownWheel(project: string, release: string): Wheel | undefined {
  return process.platform === "linux" && process.arch === "x64" ? wheels[`${project} ${release}`] : undefined;
}

/** Whether `release` is older than `other`; both are numbers with dots between them. */
export function isOlder(release: string, other: string): boolean {
  const [a, b] = [release, other].map((text) => text.split(".").map(Number));
  for (const [i, number] of (b ?? []).entries()) {
    const difference = (a?.[i] ?? 0) - number;
    if (difference !== 0) return difference < 0;
  }
  return false;
}
