import { features } from "../../models/risk/data.ts";
import { REFUSE_FROM } from "../../models/risk/graph.ts";
import { group } from "../format.ts";
import { Bar } from "./bar.tsx";
import { describedBy, shareOf } from "./features.ts";

const MOST = 255;

/** The trade that `risk` judged, and its verdict: allow (1) or refuse (0), then the risk from 0 to 255. */
export function Trade({ trade, verdict }: { trade: Int8Array; verdict: Uint8Array | undefined }) {
  const [allow, risk = 0] = verdict ?? [];
  return (
    <>
      {verdict && (
        <>
          <p className="answer">
            It says <strong>{allow === 1 ? "allow" : "refuse"}</strong>, at a risk of <strong>{risk}</strong> of {MOST}
          </p>
          <p>
            <Bar share={risk / MOST} strong /> A trade is refused from a risk of {REFUSE_FROM} on.
          </p>
        </>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard. */}
      <section className="scroll" tabIndex={0} aria-label="The trade">
        <table>
          <caption>The trade that the model saw: sixteen features, each an int8 on a scale of its own</caption>
          <thead>
            <tr>
              <th scope="col">Feature</th>
              <th scope="col">Value</th>
              <th scope="col" className="number">
                int8
              </th>
              <td />
            </tr>
          </thead>
          <tbody>
            {features.map((name, i) => (
              <tr key={name}>
                <th scope="row">{describedBy[name].title}</th>
                <td>{describedBy[name].say(shareOf(trade[i] ?? 0))}</td>
                <td className="number num">{group(trade[i] ?? 0)}</td>
                <td className="wide">
                  <Bar share={shareOf(trade[i] ?? 0)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
