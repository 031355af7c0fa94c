import type { SeasonRewards } from "../../sdk/wire.ts";
import { Copy } from "../components/copy.tsx";
import { duration, plural, short } from "../format.ts";
import { Amount, useToken } from "./amount.tsx";
import { prizeRows } from "./split.ts";

/** What a season's organiser escrowed, and how it's split. */
export function Rewards({ rewards, participants }: { rewards: SeasonRewards; participants: number }) {
  const { token: address, pool, posterBudget, perAccount, posterPaid, claimPeriod } = rewards;
  const token = useToken(address);
  const rows = prizeRows(rewards);
  const amount = (value: string) => <Amount {...{ value, address, token }} />;
  return (
    <section aria-labelledby="rewards-heading">
      <h2 id="rewards-heading">Rewards</h2>
      <p>
        The organiser escrowed {amount(pool)} for the accounts before the season opened. Since then money and split are
        locked: the contract pays by proof against the final order alone.
      </p>
      {rows.length === 0 ? (
        <p>The pool is shared by points: each account gets its part of all points, rounded down.</p>
      ) : (
        <div className="scroll prizes">
          <table>
            <caption>Prizes by place; accounts with equal points share evenly those of the places they hold</caption>
            <thead>
              <tr>
                <th scope="col">Places</th>
                <th scope="col" className="number">
                  Each
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ places, amount: value }) => (
                <tr key={places}>
                  <th scope="row">{places}</th>
                  <td className="number">{amount(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <dl className="rewards-facts">
        <dt>Token</dt>
        <dd>
          <span className="hash">
            <code title={address}>{short(address)}</code>
            <Copy text={address} what={`token ${short(address)}`} />
          </span>{" "}
          {token?.symbol === undefined ? "" : `calls itself ${token.symbol}`}
        </dd>
        <dt>Time to claim</dt>
        <dd>{duration(claimPeriod)} from the final order on</dd>
        {posterBudget !== "0" && (
          <>
            <dt>For the poster</dt>
            <dd>
              {amount(perAccount)} for each of {plural(participants, "account")}, at most {amount(posterBudget)};{" "}
              {posterPaid === "0" ? "not paid yet" : <>{amount(posterPaid)} paid</>}
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}
