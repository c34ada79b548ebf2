import { messageOf } from "../contract/error.js";

/** What an error of the system is called: EACCES, EMFILE, EIO. Node's own begin with ERR_. */
const ofSystem = /^E[A-Z0-9]+$/;
const passing = /\b(out of memory|memory\.grow|allocation failed)|\bchanged (since|while)\b/i;

/** Whether something failed for a reason that may be gone the next time: rights, open files, memory, a disk, or somebody who wrote meanwhile. What is wrong inside of a file is none. */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return (code !== undefined && ofSystem.test(code)) || passing.test(messageOf(error)) || mayPass(error.cause);
}
