/** A published data set that a data plugin knows by name: facts for `idgan data list`, and what makes it ready for `idgan data prepare`. */
export interface KnownDataset {
  /** As it is typed: `celeba`. */
  readonly name: string;
  readonly title: string;
  /** How many images it has. */
  readonly images: number;
  /** What its authors allow, in their words where they are short. */
  readonly licence: string;
  /** The page that says how to get it. */
  readonly source: string;
  /** What to fetch there and name with `--from`. */
  readonly wants: string;
  /** What preparing it does, a sentence. */
  readonly preparation: string;
  /** `sha256:…` of the file to fetch, where it is known; of which file, where there are several. */
  readonly hash?: string;
  /** Whether it is used as it was fetched, so that `out` and `size` mean nothing. */
  readonly usedAsIs?: boolean;
  prepare(request: PreparationRequest): Promise<Preparation>;
}

export interface PreparationRequest {
  /** What was fetched. */
  readonly from: string;
  /** Folder that results go to, if there are any. */
  readonly out: string;
  /** Height and width of the results; `undefined` for the official ones. */
  readonly size: number | undefined;
  progress(done: number, count: number): void;
}

export interface Preparation {
  readonly images: number;
  /** What was left out and why, a sentence each. */
  readonly notes: readonly string[];
  /** Settings that use it, for a config or `--set`: `data.use`, `data.options.folder`, … */
  readonly settings: Readonly<Record<string, string>>;
}

export interface InspectionRequest {
  readonly path: string;
  /** How many pictures to show. */
  readonly shown: number;
  /** Height and width of the pictures that are shown. */
  readonly side: number;
  progress(done: number, count: number): void;
}

/** What a file or folder of data holds. */
export interface Inspection {
  /** `.npz archive, array imgs [737280, 64, 64] of u1`. */
  readonly format: string;
  readonly images: number;
  /** How many images there are of each size, the most frequent first. */
  readonly sizes: readonly { readonly width: number; readonly height: number; readonly channels: number; readonly count: number }[];
  /** Images that cannot be used, a sentence each. */
  readonly broken: readonly string[];
  /** Factors, other files, and the like, a sentence each. */
  readonly notes: readonly string[];
  /** Some of the images, `[side, side, 3]` each. */
  readonly pictures: readonly Uint8Array[];
}
