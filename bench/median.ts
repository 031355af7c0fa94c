/** Milliseconds that some work takes: the median of so many rounds, an odd number. */
export async function medianOf(rounds: number, work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const from = performance.now();
    await work();
    times.push(performance.now() - from);
  }
  return times.sort((a, b) => a - b)[(rounds - 1) / 2] as number;
}
