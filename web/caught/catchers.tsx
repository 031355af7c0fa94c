import type { CatchersAnswer } from "../../sdk/wire.ts";
import { useAnswer } from "../api.ts";
import { Account } from "../components/account.tsx";
import { Num } from "../components/num.tsx";
import { Answered, Empty } from "../components/states.tsx";

/** Who caught the most wrong answers of a season. */
export function Catchers({ seasonId }: { seasonId: string }) {
  const query = useAnswer<CatchersAnswer>(`/v1/seasons/${seasonId}/catchers`);
  return (
    <Answered query={query} what="who caught them">
      {({ items }) =>
        items.length === 0 ? (
          <Empty>Nobody caught a wrong answer in season {seasonId} yet.</Empty>
        ) : (
          <div className="scroll">
            <table>
              <caption>Who caught the most in season {seasonId}: votes with a refuting panel, and challenges</caption>
              <thead>
                <tr>
                  <th scope="col">Account</th>
                  <th scope="col" className="number">
                    Caught
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map(({ account, caught }) => (
                  <tr key={account}>
                    <th scope="row">
                      <Account address={account} season={seasonId} copy={false} />
                    </th>
                    <td className="number">
                      <Num value={caught} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )
      }
    </Answered>
  );
}
