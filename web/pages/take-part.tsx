import { useState } from "react";
import { useDeployment, useSeasons } from "../api.ts";
import type { Reachable } from "../chain.ts";
import { Page } from "../components/page.tsx";
import { Answered, Empty, Loaded } from "../components/states.tsx";
import { part } from "../part.ts";
import { SeasonChoice } from "../seasons/choice.tsx";
import { useRunningSeason } from "../shown.ts";
import { AccountChoice } from "../take-part/account.tsx";
import type { Tools } from "../take-part/prove.ts";

const Work = part(() => import("../take-part/work.tsx"));
const NameForm = part(() => import("../take-part/nameForm.tsx"));

/** Choose an account, run assigned units in this browser, attest, watch them settle and the rank move. */
export default function TakePart() {
  const deployment = useDeployment();
  return (
    <Page title="Take part">
      <p>
        Every unit is an input that the chain assigns to your account. Your browser runs the model on it and you attest
        to the answer. The task's method then settles whether it is right, and a verified answer earns the points.
      </p>
      <Answered query={deployment} what="the deployment">
        {(answer) =>
          answer.rpcUrl === null ? (
            <Empty>This indexer names no RPC URL that a browser may use, so nothing can be sent from here.</Empty>
          ) : (
            <Participant deployment={{ ...answer, rpcUrl: answer.rpcUrl }} />
          )
        }
      </Answered>
    </Page>
  );
}

function Participant({ deployment }: { deployment: Reachable }) {
  const [tools, setTools] = useState<Tools>();
  return (
    <>
      <section aria-labelledby="account-heading">
        <h2 id="account-heading">Your account</h2>
        <AccountChoice deployment={deployment} tools={tools} onTools={setTools} />
      </section>
      {tools && (
        <Loaded what="your units">
          <InSeason tools={tools} />
          <NameForm tools={tools} />
        </Loaded>
      )}
    </>
  );
}

function InSeason({ tools }: { tools: Tools }) {
  const seasons = useSeasons();
  const season = useRunningSeason();
  return (
    <Answered query={seasons} what="the seasons">
      {({ items }) => {
        if (season === undefined) return <Empty>No season is running now. This page updates when one opens.</Empty>;
        const running = items.filter(({ state }) => state === "running");
        return (
          <>
            {running.length > 1 && (
              <p className="controls">
                <SeasonChoice seasonId={season.seasonId} seasons={running} />
              </p>
            )}
            <Work key={season.seasonId} season={season} tools={tools} />
          </>
        );
      }}
    </Answered>
  );
}
