import { IdganError, messageOf } from "@idgan/core";

/** An installation that cannot go on, in words that end with what to do. */
export function failure(message: string, cause?: unknown): IdganError {
  return new IdganError("ENGINE_INSTALL", message, cause);
}

/** What a disk says no with. */
const refusals: Readonly<Record<string, string>> = {
  ENOSPC: "is full", EDQUOT: "is over its quota", EROFS: "is read-only", EACCES: "may not be written to", EPERM: "may not be written to", ENOTDIR: "is no folder", ENOENT: "is read-only, or cannot be made", EEXIST: "is no folder",
};

/** Whether an error is a disk's, and not a network's or a program's. */
export function isFromDisk(error: unknown): boolean {
  return ((error as NodeJS.ErrnoException).code ?? "") in refusals;
}

/** Does what writes into `folder`; where the disk says no, `remedy` is a sentence that says what to do. @throws IdganError ENGINE_INSTALL */
export async function writingTo<Result>(folder: string, remedy: string, body: () => Promise<Result>): Promise<Result> {
  try {
    return await body();
  } catch (error) {
    const { code = "", path, dest } = error as NodeJS.ErrnoException & { readonly dest?: string };
    const refusal = refusals[code];
    const isHere = code === "ENOSPC" || code === "EDQUOT" || [path, dest].some((each) => each?.startsWith(folder));
    if (error instanceof IdganError || refusal === undefined || !isHere) throw error;
    throw failure(`${folder} ${refusal} (${messageOf(error)}). ${remedy}`, error);
  }
}
