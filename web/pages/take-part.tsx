import { useState } from "react";
import type { AttestationsPage, DeploymentAnswer, Season } from "../../sdk/wire.ts";
import { useAnswer, useDeployment, useSeasons, withQuery } from "../api.ts";
import { useNow } from "../clock.ts";
import { Page } from "../components/page.tsx";
import { Answered, Empty } from "../components/states.tsx";
import { duration } from "../format.ts";
import { AccountChoice } from "../take-part/account.tsx";
import type { Tools } from "../take-part/prove.ts";
import { MyRank } from "../take-part/rank.tsx";
import { UnderWay } from "../take-part/underWay.tsx";
import { Units } from "../take-part/units.tsx";

/** Choose an account, run an assigned unit in this browser, attest, watch it settle and the rank move. */
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

function Participant({ deployment }: { deployment: DeploymentAnswer & { rpcUrl: string } }) {
  const [tools, setTools] = useState<Tools>();
  const seasons = useSeasons();
  return (
    <>
      <section aria-labelledby="account-heading">
        <h2 id="account-heading">Your account</h2>
        <AccountChoice deployment={deployment} tools={tools} onTools={setTools} />
      </section>
      {tools && (
        <Answered query={seasons} what="the seasons">
          {({ items }) => {
            const season = items.find(({ state }) => state === "running");
            return season ? (
              <Work season={season} tools={tools} />
            ) : (
              <Empty>No season is running now. This page updates when one opens.</Empty>
            );
          }}
        </Answered>
      )}
    </>
  );
}

function Work({ season, tools }: { season: Season; tools: Tools }) {
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
            <Units
              {...{ season, tools }}
              attestations={items}
              isAll={next === null}
              onCommitted={() => own.refetch()}
            />
          </section>
        </>
      )}
    </Answered>
  );
}

const FOLLOWED = 10;
