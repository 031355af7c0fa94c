import type { AttestationsPage, Season, Standing, StandingsPage } from "../../sdk/wire.ts";
import { useAnswer, withQuery } from "../api.ts";
import { Text } from "../components/sentence.tsx";
import { plural } from "../format.ts";
import { type Sentence, sentence } from "../sentence.ts";
import { aheadSentence, behindSentence, leftOf } from "./distance.ts";

/** How far an account is from the next rank while that can change, as an item of a list of facts. */
export function Distance({ season, own }: { season: Season; own: Standing }) {
  const { seasonId, state } = season;
  const isRunning = state === "running";
  // A rank is its first account's place: who stands right before it has the next better rank.
  const place = own.rank === 1 ? { limit: 100 } : { place: own.rank - 1, limit: 1 };
  const near = useAnswer<StandingsPage>(
    isRunning ? withQuery(`/v1/seasons/${seasonId}/standings`, place) : undefined,
  ).data;
  const made = useAnswer<AttestationsPage>(
    isRunning && own.rank > 1 ? withQuery("/v1/attestations", { prover: own.account }) : undefined,
  ).data;
  let words: Sentence | undefined;
  if (state === "ended")
    words = sentence`The season takes no more attestations; ${plural(own.pending, "unit of it is", "units of it are")} pending.`;
  else if (isRunning && own.rank === 1 && near?.items[0]?.place === 1)
    words = aheadSentence(own, near.items, near.total);
  else if (isRunning && near?.items[0]?.place === own.rank - 1 && made)
    words = behindSentence(own, near.items[0], leftOf(season, made.items, made.next === null));
  if (words === undefined) return null;
  return (
    <>
      <dt>To the next rank</dt>
      <dd>
        <Text sentence={words} season={seasonId} />
      </dd>
    </>
  );
}
