import { PENALTY_FACTOR } from "../../sdk/protocol.ts";
import { useAttestations } from "../api.ts";
import { Catchers } from "../caught/catchers.tsx";
import { Caught } from "../caught/item.tsx";
import { More } from "../components/more.tsx";
import { Page } from "../components/page.tsx";
import { Answered, Empty } from "../components/states.tsx";
import { useShownSeason } from "../shown.ts";
import "../caught/caught.css";

/** The newest refutations: who cheated or erred, who found it, and what it cost. */
export default function CaughtPage() {
  const season = useShownSeason();
  const query = useAttestations({ status: "refuted" });
  return (
    <Page title="Caught cheats">
      <p>
        A refuted attestation burns {String(PENALTY_FACTOR)} times the points it would have earned, and its units are
        spent. Each entry says what refuted it. Nothing here can tell whether the prover lied or made a mistake.
      </p>
      {season && <Catchers seasonId={season.seasonId} />}
      <h2>All of them, newest first</h2>
      <Answered query={query} what="the refutations">
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) return <Empty>Nothing was refuted yet.</Empty>;
          return (
            <>
              <ul className="bare">
                {items.map((summary) => (
                  <Caught key={summary.uid} summary={summary} />
                ))}
              </ul>
              <More query={query} what="refutations" />
            </>
          );
        }}
      </Answered>
    </Page>
  );
}
