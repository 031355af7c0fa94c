/** How many of `count` places lead by a test that holds for the first ones only; it is asked about log2(`count`) times. */
export function leading(count: number, test: (at: number) => boolean): number {
  let low = 0;
  for (let high = count; low < high; ) {
    const middle = (low + high) >>> 1;
    if (test(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
