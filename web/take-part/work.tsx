import type { AttestationsPage, Season } from "../../sdk/wire.ts";
import { useAnswer, withQuery } from "../api.ts";
import { useNow } from "../clock.ts";
import { Answered } from "../components/states.tsx";
import { duration } from "../format.ts";
import type { Tools } from "./prove.ts";
import { MyRank } from "./rank.tsx";
import { UnderWay } from "./underWay.tsx";
import { Units } from "./units.tsx";

/** Attestations whose state is shown, and whose answers are opened. */
const FOLLOWED = 10;

/** An account's rank in a running season, what it has under way, and the units that it may work on. */
export default function Work({ season, tools }: { season: Season; tools: Tools }) {
  const { account } = tools.wallet;
  const own = useAnswer<AttestationsPage>(withQuery("/v1/attestations", { prover: account }));
  const now = useNow();
  const left = (season.endsAt ?? now) - now;
  return (
    <Answered query={own} what="your attestations">
      {({ items, next }) => (
        <>
          <section aria-labelledby="under-way-heading">
            <h2 id="under-way-heading">Season {season.seasonId}</h2>
            <p>You can attest for another {duration(left)}.</p>
            <MyRank seasonId={season.seasonId} account={account} total={season.totals.participants} />
            <UnderWay tools={tools} uids={items.slice(0, FOLLOWED).map(({ uid }) => uid)} />
          </section>
          <section aria-labelledby="units-heading">
            <h2 id="units-heading">Your units</h2>
            <Units {...{ season, tools }} attestations={items} isAll={next === null} onAttested={() => own.refetch()} />
          </section>
        </>
      )}
    </Answered>
  );
}
