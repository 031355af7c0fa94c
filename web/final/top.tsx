import type { Address } from "viem";
import { Link } from "wouter";
import type { Season, StandingsPage } from "../../sdk/wire.ts";
import { useAnswer } from "../api.ts";
import { Account } from "../components/account.tsx";
import { Num } from "../components/num.tsx";
import { Answered } from "../components/states.tsx";
import { plural } from "../format.ts";
import { Amount, useToken } from "./amount.tsx";
import { amountsOf } from "./split.ts";
import type { Token } from "./token.ts";

const SHOWN = 10;

/** The first ten of a final order, with what each gets. */
export function Top({ season }: { season: Season }) {
  const { seasonId, rewards, totals } = season;
  const query = useAnswer<StandingsPage>(`/v1/seasons/${seasonId}/standings?limit=100`);
  const token = useToken(rewards?.token);
  return (
    <Answered query={query} what="the final standings">
      {({ items }) => {
        const amounts = rewards ? amountsOf(items, { totals, rewards }) : [];
        return (
          <>
            <div className="scroll">
              <table className="top">
                <caption>
                  The final standings{items.length > SHOWN && `, the first ${SHOWN}`} of{" "}
                  {plural(totals.participants, "account")}; equal points share a rank
                </caption>
                <thead>
                  <tr>
                    <th scope="col" className="number">
                      Rank
                    </th>
                    <th scope="col">Account</th>
                    <th scope="col" className="number">
                      Points
                    </th>
                    {rewards && (
                      <th scope="col" className="number">
                        Reward
                      </th>
                    )}
                  </tr>
                </thead>
                <tbody>
                  {items.slice(0, SHOWN).map(({ rank, account, points }, i) => (
                    <tr key={account} className={rank <= 3 ? "podium" : undefined}>
                      <td className="number">
                        <Num value={rank} />
                      </td>
                      <th scope="row">
                        <Account address={account} season={seasonId} copy={false} />
                      </th>
                      <td className="number">
                        <Num value={points} />
                      </td>
                      {rewards && (
                        <td className="number">
                          <Earned amount={amounts[i]} address={rewards.token} token={token} />
                        </td>
                      )}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <p className="after-table">
              <Link href={`/?season=${seasonId}`}>The whole table</Link>
            </p>
          </>
        );
      }}
    </Answered>
  );
}

function Earned({ amount, ...token }: { amount: bigint | undefined; address: Address; token: Token | undefined }) {
  if (amount === undefined) return "shared by more";
  return amount === 0n ? "–" : <Amount value={String(amount)} {...token} />;
}
