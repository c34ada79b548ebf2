/** What `idgan engine install` was asked for. */
export interface InstallWish {
  /** Where to take it from: a word that the engine knows, an address, or the path of a file or folder; the engine chooses unless given. */
  readonly from?: string;
  /** Whether the parts for a GPU are wanted too. */
  readonly gpu: boolean;
  /** Version of what is installed; the engine's own choice unless given. */
  readonly release?: string;
  /** SHA-256 of the file in `from`, hexadecimal, where the engine cannot know it. */
  readonly sha256?: string;
}

/** How an installation tells how far it is. */
export interface InstallReporter {
  /** A part of the work begins, and the part before it is done. */
  stage(title: string): void;
  /** Bytes of the present part that are done; `total` only where it is known. */
  progress(done: number, total?: number): void;
  /** A fact worth a line, such as a part that was there already. */
  note(text: string): void;
}

/**
 * Brings what an engine needs and no package manager can bring, and proves that it works. A second call finds everything done; one that was
 * interrupted goes on. The lines that it returns say what is installed now.
 */
export type InstallEngine = (wish: InstallWish, reporter: InstallReporter) => Promise<readonly string[]>;
