import { useMemo } from "react";
import { formatEther } from "viem";
import { Link } from "wouter";
import { ApiError } from "../../sdk/api.ts";
import type { MeasuredSource, NetworkAnswer, NetworkGas, NetworkMethod } from "../../sdk/wire.ts";
import { useAnswer } from "../api.ts";
import { cardOf } from "../cards/known.ts";
import { percentOf } from "../cards/share.ts";
import { Chart } from "../charts/chart.tsx";
import { takingPart } from "../charts/series.ts";
import { Num } from "../components/num.tsx";
import { Page } from "../components/page.tsx";
import { Answered, Empty } from "../components/states.tsx";
import { duration, group, plural, short } from "../format.ts";

/** Seconds after which it is asked again: it takes the server a while to make. */
const AGAIN = 60;

/** A season as a test of the network. */
export default function NetworkPage({ params: { id = "" } }: { params: Record<string, string> }) {
  const query = useAnswer<NetworkAnswer>(`/v1/seasons/${encodeURIComponent(id)}/network`, () => AGAIN);
  const isUnknown = query.error instanceof ApiError && query.error.status === 404 && query.data === undefined;
  return (
    <Page title={`Season ${id} as a test of the network`}>
      <p>
        How long a verdict took, what a unit cost in gas, who missed a seat, which wrong answers were caught, who took
        part when, and who serves the models. Only <Link href={`/seasons/${id}`}>the season's</Link> points are checked
        against the chain; these numbers are the server's word.
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
  const { isWhole, methods, burned, tenths, content } = answer;
  const series = useMemo(() => takingPart(tenths), [tenths]);
  if (methods.length === 0)
    return (
      <>
        <Empty>Nothing was attested in this season yet.</Empty>
        <Content of={content} />
      </>
    );
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
                Void, revoked
              </th>
              <th scope="col" className="number">
                Refuted
              </th>
              <th scope="col" className="number" title="Of those that are verified or refuted">
                Refuted share
              </th>
              <th scope="col" className="number" title="Half of the verified ones took at most so long">
                Median time
              </th>
              <th scope="col" className="number" title="Nine of ten verified ones took at most so long">
                90 % within
              </th>
              <th scope="col" className="number" title="Panel members who lost bond without a vote">
                Missed seats
              </th>
              <th scope="col" className="number" title="All transactions about an attestation together, for one unit">
                Gas a unit
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
      {methods.map(({ method, gas }) => gas && <Gas key={method.id} method={method} gas={gas} />)}
      <Content of={content} />
    </>
  );
}

function MethodRow({ of }: { of: NetworkMethod }) {
  const { method, toVerified, missedSeats, gas } = of;
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
      <td className="number">{missedSeats ? <Missed of={missedSeats} /> : "none"}</td>
      <td className="number">{gas ? <Num value={gas.perUnit} /> : "–"}</td>
    </tr>
  );
}

/** What a unit costs in gas, step by step. */
function Gas({ method, gas: { attestations, units, steps } }: Pick<NetworkMethod, "method"> & { gas: NetworkGas }) {
  const caption = `Gas a unit under ${method.name}, by the receipts of transactions about ${plural(attestations, "final attestation")} of ${plural(units, "unit")}`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="scroll" aria-label={caption} tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">What for</th>
            <th scope="col" className="number">
              Transactions
            </th>
            <th scope="col" className="number">
              Gas a unit
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.map(({ step, transactions, perUnit }) => (
            <tr key={step}>
              <th scope="row">{stepWords(step)}</th>
              <td className="number">
                <Num value={transactions} />
              </td>
              <td className="number">
                <Num value={perUnit} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** `voteCommitted` as `vote committed`. */
const stepWords = (step: string): string => step.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Who serves the models that a season's tasks are about. */
function Content({ of }: { of: NetworkAnswer["content"] }) {
  if (of.length === 0) return null;
  return (
    <section aria-labelledby="content-heading">
      <h2 id="content-heading">Who serves the models</h2>
      <p>
        An attestation proves something as long as its model can be run again. This server fetches each file whole and
        hashes it.
      </p>
      <ul>
        {of.map(({ modelId, onChain, sources }) => (
          <li key={modelId}>
            <Link href={`/models/${modelId}`}>{cardOf(modelId)?.name ?? short(modelId)}</Link>:{" "}
            {servedWords(onChain, sources)}
          </li>
        ))}
      </ul>
    </section>
  );
}

function servedWords(onChain: boolean, sources: readonly MeasuredSource[]): string {
  if (onChain) return "its file is made from the chain; nobody has to serve it.";
  if (sources.length === 0) return "this server looks for it nowhere.";
  const looked = sources.filter(({ checkedAt }) => checkedAt !== null);
  if (looked.length === 0) return "not looked for yet.";
  const serving = looked.filter(({ servedSince }) => servedSince !== null);
  return `${plural(serving.length, "source")} of ${group(looked.length)} had it at the last look.`;
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
