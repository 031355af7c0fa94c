import { useState } from "react";
import type { Address, Hex } from "viem";
import type { Call } from "../../sdk/calls.ts";
import type { ClaimAnswer, Season, SeasonRewards, StandingsPage } from "../../sdk/wire.ts";
import { ask, useAnswer, useDeployment } from "../api.ts";
import { openChain, type Reachable, useChain, useReachable } from "../chain.ts";
import { announce } from "../components/live.tsx";
import { Num } from "../components/num.tsx";
import { Answered } from "../components/states.tsx";
import { Time } from "../components/time.tsx";
import { Transaction } from "../components/transaction.tsx";
import { exactTime, short } from "../format.ts";
import { isSame, useMe } from "../me.ts";
import { load } from "../part.ts";
import { useToken } from "./amount.tsx";
import type { CheckedClaim } from "./claim.ts";
import { ContradictionError } from "./contradiction.ts";
import { amountText } from "./token.ts";
import "./final.css";

/** Seconds after which the server is asked again: somebody may have sent a claim, or minted. */
const AGAIN = 60;

/** An account's final standing: what it earns and whether that was claimed, its badge, and what a visitor can send. */
export default function Claim({ season, account }: { season: Season; account: Address }) {
  const route = `/v1/seasons/${season.seasonId}/claim/`;
  const query = useAnswer<ClaimAnswer>(route + account, () => AGAIN);
  return (
    <section className="card" aria-labelledby="claim-heading">
      <h2 id="claim-heading">Final standing</h2>
      <Answered query={query} what="the claim">
        {(answer) => <Found {...{ season, account, answer, route }} onSent={query.refetch} />}
      </Answered>
    </section>
  );
}

interface FoundProps {
  season: Season;
  account: Address;
  answer: ClaimAnswer;
  /** Of claims; an account's address completes it. */
  route: string;
  onSent: () => unknown;
}

function Found({ season, account, answer, route, onSent }: FoundProps) {
  const { seasonId, rewards } = season;
  const { asOf: _, ...told } = answer;
  const answerAt = async (place: number): Promise<ClaimAnswer> => {
    const { items } = await ask<StandingsPage>(`/v1/seasons/${seasonId}/standings?place=${place}&limit=1`);
    if (!items[0]) throw new ContradictionError(`The server has no account at place ${place}.`);
    return ask<ClaimAnswer>(route + items[0].account);
  };
  const reachable = useReachable();
  const [isAsked, setAsked] = useState(false);
  const own = isSame(useMe(), account);
  const checks = isAsked || own;
  const checked = useChain(
    checks ? `claim ${seasonId} ${account} ${JSON.stringify(told)}` : undefined,
    async (client) => {
      const { checkClaim } = await load(() => import("./claim.ts"));
      return checkClaim(answer, { client, seasonId: BigInt(seasonId), account, rewards, answerAt });
    },
  );
  const sending = useSending(reachable, () => Promise.all([onSent(), checked.refetch()]));
  const claim = !checks || checked.error || checked.isPlaceholderData ? undefined : checked.data;
  if (checked.error instanceof ContradictionError)
    return (
      <p className="notice notice-bad" role="alert">
        <strong>This server contradicts the chain</strong>, so nothing of it is shown here, nor sent.{" "}
        {checked.error.message}
      </p>
    );
  return (
    <>
      <dl>
        <dt>Final rank</dt>
        <dd>
          <Num value={answer.standing.rank} /> of <Num value={season.final?.participants ?? 0} />
        </dd>
        {rewards && answer.reward && (
          <>
            <dt>Reward</dt>
            <dd>
              <Reward {...{ seasonId, rewards, account, claim, sending }} told={answer.reward} />
            </dd>
          </>
        )}
        <dt>Badge</dt>
        <dd>
          <Badge {...{ seasonId, answer, claim, sending }} reads={checks} />
        </dd>
      </dl>
      {checks || reachable === null ? (
        <Checked error={checked.error} isChecked={claim !== undefined} isReachable={reachable !== null} />
      ) : (
        <p>
          This is what the server says.{" "}
          <button type="button" onClick={() => setAsked(true)}>
            Check its proof here
          </button>
        </p>
      )}
      {sending.doing && <p aria-busy="true">{sending.doing}</p>}
      {sending.failure && <p role="alert">{sending.failure}</p>}
      {sending.sent && (
        <p>
          {sending.sent.what} in transaction <Transaction hash={sending.sent.hash} />.
        </p>
      )}
    </>
  );
}

/** What the page found when it held the server's answer against the contracts. */
function Checked({ error, isChecked, isReachable }: { error: Error | null; isChecked: boolean; isReachable: boolean }) {
  const contract = useDeployment().data?.contracts.Standings?.address ?? "";
  if (!isReachable)
    return (
      <p className="muted">
        This site names no RPC that a browser may ask: nothing was checked here, and nothing can be sent.
      </p>
    );
  if (error) return <p role="alert">The server's proof couldn't be checked: {error.message}</p>;
  if (!isChecked) return <p aria-busy="true">Checking the server's proof against the contracts …</p>;
  return (
    <p className="checked">
      ✓ Your browser checked the server's proof against the root that the contract at{" "}
      <code title={contract}>{short(contract)}</code> keeps.
    </p>
  );
}

function Reward({
  seasonId,
  rewards,
  account,
  told,
  claim,
  sending,
}: {
  seasonId: string;
  rewards: SeasonRewards;
  account: Address;
  told: NonNullable<ClaimAnswer["reward"]>;
  claim: CheckedClaim | undefined;
  sending: Sending;
}) {
  const token = useToken(rewards.token);
  const checked = claim?.reward;
  const { state } = checked ?? told;
  const amount = amountText(told.amount, rewards.token, token);
  const until = exactTime(checked?.until ?? rewards.claimUntil ?? 0);
  if (state === "nothing") return "nothing: no prize goes to this standing";
  if (state === "over") return `${amount} wasn't claimed in time: claims ended on ${until}`;
  if (state === "claimed")
    return (
      <>
        {amount}, claimed
        {told.claimed && (
          <>
            {" "}
            <Time at={told.claimed.timestamp} /> in transaction <Transaction hash={told.claimed.transactionHash} />
          </>
        )}
      </>
    );
  return (
    <>
      {amount}, to be claimed until {until}{" "}
      {checked && (
        <>
          <button
            type="button"
            className="primary"
            disabled={sending.doing !== undefined}
            onClick={() => sending.run("Claimed", checked.claim, account)}
          >
            Claim {amount}
          </button>
          <span className="claim-note">
            This account's own wallet sends it. Anyone else may send it with the account's signature:{" "}
            <code>proofboard season claim {seasonId} --sign</code>.
          </span>
        </>
      )}
    </>
  );
}

function Badge({
  seasonId,
  answer: { badge, standing },
  claim,
  reads,
  sending,
}: {
  seasonId: string;
  answer: ClaimAnswer;
  claim: CheckedClaim | undefined;
  /** What a minted badge says is read from the chain. */
  reads: boolean;
  sending: Sending;
}) {
  const checked = claim?.badge;
  const isMinted = checked?.isMinted ?? badge.minted !== null;
  const { data, error } = useChain(
    isMinted && reads ? `badge ${seasonId} ${standing.place}` : undefined,
    async (client) => (await load(() => import("./badge.ts"))).readBadge(client, BigInt(seasonId), standing.place),
  );
  if (!isMinted)
    return (
      <>
        not minted{" "}
        {checked && (
          <>
            <button
              type="button"
              disabled={sending.doing !== undefined}
              onClick={() => sending.run("Minted", checked.mint)}
            >
              Mint the badge
            </button>
            <span className="claim-note">Anyone may: it goes to this account, and can't be transferred.</span>
          </>
        )}
      </>
    );
  return (
    <>
      minted
      {badge.minted && (
        <>
          {" "}
          <Time at={badge.minted.timestamp} /> in transaction <Transaction hash={badge.minted.transactionHash} />
        </>
      )}
      {error && `; what it says couldn't be read: ${error.message}`}
      {data && (
        <dl className="badge">
          {data.map(({ name, text }, i) => (
            <div key={i}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}

/** Transactions that the visitor sends, one at a time. */
interface Sending {
  /** What is under way. */
  doing: string | undefined;
  failure: string | undefined;
  sent: { what: string; hash: Hex } | undefined;
  /** Sends a call by the visitor's wallet; it must be that of `account`, where one is given. */
  run: (what: string, call: Call, account?: Address) => Promise<void>;
}

function useSending(reachable: Reachable | null | undefined, onSent: () => unknown): Sending {
  const [state, setState] = useState<Omit<Sending, "run">>({ doing: undefined, failure: undefined, sent: undefined });
  return {
    ...state,
    async run(what, call, account) {
      if (!reachable) return;
      const doing = "Your wallet is asked …";
      setState({ doing, failure: undefined, sent: undefined });
      announce(doing);
      try {
        const client = await openChain(reachable);
        const { sendByVisitor } = await load(() => import("../take-part/open.ts"));
        const { transactionHash } = await sendByVisitor(client, reachable.rpcUrl, call, account);
        setState({ doing: undefined, failure: undefined, sent: { what, hash: transactionHash } });
        announce(`${what}.`);
        onSent();
      } catch (error) {
        setState({ doing: undefined, failure: (error as Error).message, sent: undefined });
      }
    },
  };
}
