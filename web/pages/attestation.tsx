import { isHash } from "viem";
import { Link } from "wouter";
import { ApiError } from "../../sdk/api.ts";
import type { Attestation, AttestationAnswer, Cover, EventLocation } from "../../sdk/wire.ts";
import { useAttestation } from "../api.ts";
import { cardOf } from "../cards/known.ts";
import { CheckHere } from "../check/check.tsx";
import { Account } from "../components/account.tsx";
import { Hash } from "../components/hash.tsx";
import { Page } from "../components/page.tsx";
import { Proven } from "../components/proven.tsx";
import { Text } from "../components/sentence.tsx";
import { Answered, Empty, Loaded } from "../components/states.tsx";
import { Status } from "../components/status.tsx";
import { Steps } from "../components/steps.tsx";
import { Time } from "../components/time.tsx";
import { Transaction } from "../components/transaction.tsx";
import { moneyText } from "../final/token.ts";
import { group, plural, short } from "../format.ts";
import { unknownWords, webMethodOf } from "../methods/index.ts";
import { part } from "../part.ts";
import { lockedSentence } from "../requests/words.ts";

const Descents = part(() => import("../descents/descents.tsx"));

/** An attestation or a batch: what it says, how it was settled, what is proven; and a check by the visitor's own browser. */
export default function AttestationPage({ params: { uid = "" } }: { params: Record<string, string> }) {
  if (!isHash(uid))
    return (
      <Page title="Attestation">
        <Empty>“{uid}” is no attestation's name: that is 0x and 64 hexadecimal digits.</Empty>
      </Page>
    );
  return (
    <Page key={uid} title={`Attestation ${short(uid)}`}>
      <Found uid={uid} />
    </Page>
  );
}

function Found({ uid }: { uid: `0x${string}` }) {
  const query = useAttestation(uid);
  if (query.error instanceof ApiError && query.error.status === 404 && query.data === undefined)
    return <Empty>The indexer knows no attestation {uid}. It may be too new, or undone by a reorganisation.</Empty>;
  return (
    <Answered query={query} what="the attestation">
      {({ item, request, covers }) => (
        <>
          <Facts attestation={item} request={request} />
          <section aria-labelledby="proven-heading">
            <h2 id="proven-heading">What is proven, and what is not</h2>
            <Proven attestation={item} />
          </section>
          {covers.length > 0 && <Covers covers={covers} />}
          {item.steps.some(({ step }) => step === "challenged") && (
            <Loaded what="the dispute">
              <Descents attestation={item} />
            </Loaded>
          )}
          <CheckHere key={item.uid} attestation={item} />
          <section aria-labelledby="steps-heading">
            <h2 id="steps-heading">How it was settled, step by step</h2>
            <Steps attestation={item} />
          </section>
          <Fields attestation={item} />
        </>
      )}
    </Answered>
  );
}

function Facts({ attestation, request }: { attestation: Attestation; request: AttestationAnswer["request"] }) {
  const { prover, modelId, method, status, unit, count, counts, attested, settled } = attestation;
  return (
    <dl className="card">
      <dt>Status</dt>
      <dd>
        <Status status={status} />
        {settled && (
          <>
            {" "}
            <Time at={settled.timestamp} />
          </>
        )}
      </dd>
      <dt>Prover</dt>
      <dd>
        <Account address={prover} {...(unit && { season: unit.seasonId })} />
      </dd>
      <dt>Model</dt>
      <dd>
        {cardOf(modelId)?.name} <Hash value={modelId} what="model" href={`/models/${modelId}`} />
      </dd>
      <dt>For</dt>
      <dd>
        {unit && <ForUnit attestation={attestation} />}
        {request && (
          <>
            <Hash value={request.requestId} what="request" href={`/requests/${request.requestId}`} />, a request of{" "}
            <Account address={request.requester} copy={false} />
          </>
        )}
        {unit === null && request === null && "no unit of a campaign"}
      </dd>
      {!counts && unit !== null && (
        <>
          <dt>Counts</dt>
          <dd>no: it doesn't fit a task by its season's rules, so it earns no points</dd>
        </>
      )}
      {count > 1 && (
        <>
          <dt>Size</dt>
          <dd>{plural(count, "unit")} in one batch</dd>
        </>
      )}
      <dt>Method</dt>
      <dd>{method.id === 0 || webMethodOf(method.id) ? method.name : unknownWords(method)}</dd>
      <dt>Recorded</dt>
      <dd>
        <Location location={attested} />
      </dd>
    </dl>
  );
}

/** Money that is at stake for those who act on it. */
function Covers({ covers }: { covers: readonly Cover[] }) {
  return (
    <section aria-labelledby="cover-heading">
      <h2 id="cover-heading">Who is covered</h2>
      <ul>
        {covers.map((cover) => (
          <li key={`${cover.beneficiary} ${cover.token}`}>
            <Text sentence={lockedSentence(cover, (amount) => moneyText(amount, cover.token))} season={undefined} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function ForUnit({ attestation: { unit, count } }: { attestation: Attestation }) {
  if (unit === null) return null;
  const last = BigInt(unit.unit) + BigInt(count) - 1n;
  return (
    <>
      {count === 1 ? `unit ${group(unit.unit)}` : `units ${group(unit.unit)} to ${group(last)}`} of task {unit.taskId},{" "}
      <Link href={`/seasons/${unit.seasonId}`}>season {unit.seasonId}</Link>
    </>
  );
}

const Location = ({ location }: { location: EventLocation }) => (
  <>
    <Time at={location.timestamp} />, block {group(location.blockNumber)}, transaction{" "}
    <Transaction hash={location.transactionHash} />
  </>
);

function Fields({ attestation }: { attestation: Attestation }) {
  const { uid, inputHash, outputHash, traceHash, salt, answer, context, root } = attestation;
  const fields = { uid, inputHash, outputHash, traceHash, salt, answer, context, root };
  return (
    <details className="fields">
      <summary>All fields</summary>
      <dl>
        {Object.entries(fields).map(
          ([name, value]) =>
            value !== null && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <code>{value}</code>
                </dd>
              </div>
            ),
        )}
      </dl>
    </details>
  );
}
