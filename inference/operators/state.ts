/**
 * What an operator's elements rest on in a generation. Of `rows`, row r rests on tokens 0 to r + late; of `columns`,
 * column c does; of `heads`, rows j · T + t do, with t for r. What is `still` rests on no token.
 */
export type State = { time: "still" } | { time: "rows" | "columns" | "heads"; late: number };

export const STILL: State = { time: "still" };

/** Of one state, or that and still: that state, as late as the latest. Undefined of different ones. */
export function together(states: readonly State[]): State | undefined {
  let found = STILL;
  for (const state of states) {
    if (state.time === "still") continue;
    if (found.time === "still") found = state;
    else if (found.time !== state.time) return undefined;
    else found = { ...state, late: Math.max(found.late, state.late) };
  }
  return found;
}

/** What rests row by row on what it reads: of `rows` or still. */
export function byRows(states: readonly State[]): State | undefined {
  const found = together(states);
  return found?.time === "rows" || found?.time === "still" ? found : undefined;
}
