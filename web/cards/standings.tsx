import type { Hex } from "viem";
import type { ModelStandings, Used } from "../../sdk/wire.ts";
import { useAnswer } from "../api.ts";
import { Account } from "../components/account.tsx";
import { Num } from "../components/num.tsx";
import { Answered, Empty } from "../components/states.tsx";

/** Seconds after which it is asked again: the stream doesn't tell of units by model. */
const AGAIN = 30;

/** Who had the most units of a model verified. */
export function StandingsOfModel({ modelId }: { modelId: Hex }) {
  const query = useAnswer<ModelStandings>(`/v1/models/${modelId}/standings`, () => AGAIN);
  return (
    <section aria-labelledby="standings-heading">
      <h2 id="standings-heading">Who runs it</h2>
      <Answered query={query} what="who runs it">
        {({ items }) =>
          items.length === 0 ? (
            <Empty>No unit of this model was decided yet.</Empty>
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            <section className="scroll" aria-label="Accounts by verified units" tabIndex={0}>
              <table>
                <caption>By units that were verified in seasons, all seasons together</caption>
                <thead>
                  <tr>
                    <th scope="col">Account</th>
                    <th scope="col" className="number">
                      Verified in seasons
                    </th>
                    <th scope="col" className="number">
                      Refuted
                    </th>
                    <th scope="col" className="number">
                      Verified for requests
                    </th>
                    <th scope="col" className="number">
                      Refuted
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {items.map(({ account, seasons, requests }) => (
                    <tr key={account}>
                      <th scope="row">
                        <Account address={account} copy={false} />
                      </th>
                      <Counts of={seasons} />
                      <Counts of={requests} />
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          )
        }
      </Answered>
    </section>
  );
}

const Counts = ({ of: { verified, refuted } }: { of: Used }) => (
  <>
    <td className="number">
      <Num value={verified} />
    </td>
    <td className="number">
      <Num value={refuted} />
    </td>
  </>
);
