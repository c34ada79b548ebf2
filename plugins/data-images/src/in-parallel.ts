/** Calls `job` for 0 … `count` - 1, at most `width` at a time, and returns what they return, in order; no more are begun once one has failed. */
export async function inParallel<Result>(count: number, width: number, job: (index: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      try {
        results[index] = await job(index);
      } catch (error) {
        next = count;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, work));
  return results;
}
