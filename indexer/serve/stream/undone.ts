/** Blocks above `fork` up to `head`. */
export interface Range {
  fork: number;
  head: number;
}

const MOST_RANGES = 1_000;

/**
 * Which blocks were undone, for those who read them. `before` are the reorganisations before this process, where they are
 * known. Else nothing is known of them but that no block up to `final` was undone: until `settle` any block above it may
 * have been.
 */
export function createUndone(final: number, before?: readonly Range[]) {
  let ranges: Range[] = before ? [] : [{ fork: final, head: Number.POSITIVE_INFINITY }];
  let highest = 0;

  // A client that read an undone block also read its fork, which a later reorganisation may have undone.
  function merge(added: Range): void {
    const apart = ranges.filter(({ fork, head }) => head <= added.fork || fork > added.head);
    const met = ranges.filter((range) => !apart.includes(range));
    const one = {
      fork: Math.min(added.fork, ...met.map(({ fork }) => fork)),
      head: Math.max(added.head, ...met.map(({ head }) => head)),
    };
    ranges = [...apart, one].sort((a, b) => a.fork - b.fork);
    const [first, second] = ranges;
    if (ranges.length > MOST_RANGES && first && second)
      ranges = [{ fork: first.fork, head: second.head }, ...ranges.slice(2)];
  }

  for (const range of before ?? []) merge(range);

  return {
    /** Every block above `fork` up to `head` was undone. */
    add(fork: number, head: number): void {
      highest = Math.max(highest, head);
      merge({ fork, head });
    },
    /** What an earlier process undid is known to be no higher than this. */
    settle(head: number): void {
      const settled = Math.max(head, highest);
      ranges = ranges.map((range) => (range.head === Number.POSITIVE_INFINITY ? { ...range, head: settled } : range));
    },
    /** The block above which a reader who came as far as `blockNumber` may hold undone events; undefined if it can't. */
    forkBelow: (blockNumber: number): number | undefined =>
      ranges.find(({ fork, head }) => fork < blockNumber && blockNumber <= head)?.fork,
  };
}
