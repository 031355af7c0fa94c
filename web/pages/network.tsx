import { useMemo } from "react";
import { formatEther } from "viem";
import { Link } from "wouter";
import { ApiError } from "../../sdk/api.ts";
import type { NetworkAnswer, NetworkMethod } from "../../sdk/wire.ts";
import { useAnswer } from "../api.ts";
import { percentOf } from "../cards/share.ts";
import { Chart } from "../charts/chart.tsx";
import { takingPart } from "../charts/series.ts";
import { Num } from "../components/num.tsx";
import { Page } from "../components/page.tsx";
import { Answered, Empty } from "../components/states.tsx";
import { duration, plural } from "../format.ts";

/** Seconds after which it is asked again: it takes the server a while to make. */
const AGAIN = 60;

/** A season as a test of the network. */
export default function NetworkPage({ params: { id = "" } }: { params: Record<string, string> }) {
  const query = useAnswer<NetworkAnswer>(`/v1/seasons/${encodeURIComponent(id)}/network`, () => AGAIN);
  const isUnknown = query.error instanceof ApiError && query.error.status === 404 && query.data === undefined;
  return (
    <Page title={`Season ${id} as a test of the network`}>
      <p>
        How long a verdict took, who missed a seat, which wrong answers were caught, and who took part when. Only{" "}
        <Link href={`/seasons/${id}`}>the season's</Link> points are checked against the chain; these numbers are the
        server's word.
      </p>
      {isUnknown ? (
        <Empty>There is no season {id}.</Empty>
      ) : (
        <Answered query={query} what="the numbers">
          {(answer) => <Measured answer={answer} />}
        </Answered>
      )}
    </Page>
  );
}

function Measured({ answer }: { answer: NetworkAnswer }) {
  const { isWhole, methods, burned, tenths } = answer;
  const series = useMemo(() => takingPart(tenths), [tenths]);
  if (methods.length === 0) return <Empty>Nothing was attested in this season yet.</Empty>;
  const refuted = methods.reduce((sum, method) => sum + countOf(method, "refuted").attestations, 0);
  return (
    <>
      {!isWhole && (
        <p>The season is too large to look at all of it: the numbers are of the beginning of each tenth of its time.</p>
      )}
      <p>
        {plural(refuted, "wrong answer was caught", "wrong answers were caught")}, which burned{" "}
        {plural(burned, "point")}.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="scroll" aria-label="Attestations by method" tabIndex={0}>
        <table>
          <caption>Attestations by verification method, and what became of them</caption>
          <thead>
            <tr>
              <th scope="col">Method</th>
              <th scope="col" className="number">
                Verified
              </th>
              <th scope="col" className="number">
                Pending
              </th>
              <th scope="col" className="number">
                Void or revoked
              </th>
              <th scope="col" className="number">
                Refuted
              </th>
              <th scope="col" className="number" title="Of those that are verified or refuted">
                Refuted share
              </th>
              <th scope="col" className="number" title="Half of the verified ones took at most so long">
                To verified, median
              </th>
              <th scope="col" className="number" title="Nine of ten verified ones took at most so long">
                90th percentile
              </th>
              <th scope="col" className="number" title="Panel members who lost bond without a vote">
                Missed seats
              </th>
            </tr>
          </thead>
          <tbody>
            {methods.map((method) => (
              <MethodRow key={method.method.id} of={method} />
            ))}
          </tbody>
        </table>
      </section>
      <Chart
        series={series}
        unit="accounts"
        caption="Accounts that attested, and accounts that earned points as verifiers, in each tenth of the season"
      />
    </>
  );
}

function MethodRow({ of }: { of: NetworkMethod }) {
  const { method, toVerified, missedSeats } = of;
  const [verified, refuted] = [countOf(of, "verified"), countOf(of, "refuted")];
  const decided = verified.attestations + refuted.attestations;
  return (
    <tr>
      <th scope="row">{method.name}</th>
      <td className="number">
        <Num value={verified.attestations} />
      </td>
      <td className="number">
        <Num value={countOf(of, "pending").attestations} />
      </td>
      <td className="number">
        <Num value={countOf(of, "void").attestations + countOf(of, "revoked").attestations} />
      </td>
      <td className="number">
        <Num value={refuted.attestations} />
      </td>
      <td className="number num">{decided === 0 ? "–" : percentOf(refuted.attestations / decided)}</td>
      <td className="number num">{toVerified ? duration(toVerified.median) : "–"}</td>
      <td className="number num">{toVerified ? duration(toVerified.p90) : "–"}</td>
      <td className="number">{missedSeats ? <Missed of={missedSeats} /> : "it has none"}</td>
    </tr>
  );
}

function Missed({ of: { attestations, seats, lost } }: { of: NonNullable<NetworkMethod["missedSeats"]> }) {
  return (
    <span title={`In ${plural(attestations, "attestation")} that were looked at`}>
      <Num value={seats} />
      {seats > 0 && `, ${formatEther(BigInt(lost))} ETH lost`}
    </span>
  );
}

const countOf = ({ statuses }: NetworkMethod, status: NetworkMethod["statuses"][number]["status"]) =>
  statuses.find((one) => one.status === status) ?? { attestations: 0, units: 0 };
