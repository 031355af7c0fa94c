import { type Address, formatEther } from "viem";
import { Link } from "wouter";
import type { MoneyAnswer } from "../../sdk/wire.ts";
import { useAnswer } from "../api.ts";
import { exactTime } from "../format.ts";
import { Num } from "./num.tsx";
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

function Fields({ money: { balance, claimable, bonds, debts } }: { money: MoneyAnswer }) {
  return (
    <dl>
      <dt>Balance</dt>
      <dd>{etherOf(balance)}</dd>
      <dt>Can be claimed</dt>
      <dd>{etherOf(claimable)}</dd>
      {bonds.map((bond) => (
        <Bond key={bond.holder} bond={bond} />
      ))}
      {debts.map(({ seasonId, owed }) => (
        <Debt key={seasonId} seasonId={seasonId} owed={owed} />
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

function Debt({ seasonId, owed }: { seasonId: string; owed: string }) {
  return (
    <>
      <dt>
        Owed in <Link href={`/seasons/${seasonId}`}>season {seasonId}</Link>
      </dt>
      <dd>
        <Num value={owed} /> points, taken from what it earns
      </dd>
    </>
  );
}

const etherOf = (wei: string): string => `${formatEther(BigInt(wei))} ETH`;
