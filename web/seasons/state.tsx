import type { Season, SeasonState } from "../../sdk/wire.ts";
import { Time } from "../components/time.tsx";
import { nextTurn } from "./turn.ts";

const words: Readonly<Record<SeasonState, string>> = {
  drafted: "drafted: its rules may still change",
  open: "open: waits for its start or its seed",
  running: "running: takes attestations",
  ended: "ended: still settles, awards and burns",
  closed: "closed: no point changes any more",
};

/** A season's phase in a word: `final` once its order is. */
export const phaseWord = ({ state, final }: Pick<Season, "state" | "final">): string => (final ? "final" : state);

/** The season's phase, and when the next one begins. */
export function SeasonPhase({ season }: { season: Season }) {
  const { state } = season;
  const next = nextTurn(season);
  const verb = state === "open" ? "starts" : state === "running" ? "ends" : "closes";
  return (
    <>
      {season.final ? "final: its order stands on chain" : words[state]}
      {next !== null && (
        <>
          ; {verb} <Time at={next} />
        </>
      )}
    </>
  );
}
