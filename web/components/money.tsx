import { Fragment } from "react";
import { type Address, formatEther } from "viem";
import { Link } from "wouter";
import type { MoneyAnswer, RequestMoney } from "../../sdk/wire.ts";
import { debtWords } from "../account/words.ts";
import { useAnswer } from "../api.ts";
import { exactTime } from "../format.ts";
import { Money } from "../requests/money.tsx";
import { requestsOf, roles } from "../requests/words.ts";
import { Answered } from "./states.tsx";

/** Seconds after which it is asked again: the stream doesn't tell of bonds. */
const AGAIN = 30;

/** Where an account's money is: what it has, what is at stake and what it can claim. */
export default function MoneyCard({ account }: { account: Address }) {
  const answer = useAnswer<MoneyAnswer>(`/v1/accounts/${account}/money`, () => AGAIN);
  return (
    <section className="card" aria-labelledby="money-heading">
      <h2 id="money-heading">Money</h2>
      <Answered query={answer} what="the account's money">
        {(money) => <Fields money={money} />}
      </Answered>
    </section>
  );
}

function Fields({ money: { account, balance, claimable, bonds, requests, debts } }: { money: MoneyAnswer }) {
  return (
    <dl>
      <dt>Balance</dt>
      <dd>{etherOf(balance)}</dd>
      <dt>Can be claimed</dt>
      <dd>{etherOf(claimable)}</dd>
      {bonds.map((bond) => (
        <Bond key={bond.holder} bond={bond} />
      ))}
      {requests.map((paid) => (
        <Paid key={`${paid.contract} ${paid.token}`} paid={paid} />
      ))}
      <dt>Its requests</dt>
      <dd>
        {roles.map((role, i) => (
          <Fragment key={role}>
            {i > 0 && ", "}
            <Link href={requestsOf(role, account)}>as {role}</Link>
          </Fragment>
        ))}
      </dd>
      {debts.map(({ seasonId, owed }) => (
        <Debt key={seasonId} account={account} seasonId={seasonId} owed={owed} />
      ))}
    </dl>
  );
}

function Bond({ bond: { name, free, locked, unbonding, withdrawableAt } }: { bond: MoneyAnswer["bonds"][number] }) {
  return (
    <>
      <dt>Bond with {name}</dt>
      <dd>
        {etherOf(locked)} locked, {etherOf(free)} free
        {withdrawableAt !== null && `, ${etherOf(unbonding)} on its way out until ${exactTime(withdrawableAt)}`}
      </dd>
    </>
  );
}

const PAID = [
  ["fees", "for answers"],
  ["deposits", "of deposits that provers forfeited"],
  ["covers", "of cover"],
  ["returned", "of its own money back"],
] as const;

/** What requests or cover paid of one token. */
function Paid({ paid }: { paid: RequestMoney }) {
  const { name, token, withdrawable } = paid;
  return (
    <>
      <dt>Paid by {name}</dt>
      <dd>
        {PAID.filter(([field]) => paid[field] !== "0").map(([field, what]) => (
          <Fragment key={field}>
            <Money amount={paid[field]} token={token} /> {what},{" "}
          </Fragment>
        ))}
        {withdrawable === "0"
          ? "all withdrawn"
          : [<Money key="left" amount={withdrawable} token={token} />, " to withdraw"]}
      </dd>
    </>
  );
}

function Debt({ account, seasonId, owed }: { account: Address; seasonId: string; owed: string }) {
  return (
    <>
      <dt>
        Owed in <Link href={`/seasons/${seasonId}`}>season {seasonId}</Link>
      </dt>
      <dd>
        {debtWords({ owed })} <Link href={`/attestations?prover=${account}&status=refuted`}>What was refuted</Link>
      </dd>
    </>
  );
}

const etherOf = (wei: string): string => `${formatEther(BigInt(wei))} ETH`;
