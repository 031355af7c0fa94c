interface Unplaced {
  points: string;
  lastSeq: string;
}

/** Ranks and places by the rule's own words: a rank is one more than how many have more points. */
export function placed<T extends Unplaced>(standings: readonly T[]): (T & { rank: number; place: number })[] {
  const points = standings.map((one) => BigInt(one.points));
  return standings
    .map((one, i) => ({ ...one, rank: 1 + points.filter((other) => other > (points[i] as bigint)).length }))
    .sort((a, b) => a.rank - b.rank || Number(a.lastSeq) - Number(b.lastSeq))
    .map((one, i) => ({ ...one, place: i + 1 }));
}
