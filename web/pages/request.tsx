import { isHash } from "viem";
import { Link } from "wouter";
import { ApiError } from "../../sdk/api.ts";
import type { GivenAnswer, InferenceRequest } from "../../sdk/wire.ts";
import { useAttestation, useRequest } from "../api.ts";
import { cardOf } from "../cards/known.ts";
import { Account } from "../components/account.tsx";
import { Hash } from "../components/hash.tsx";
import { Page } from "../components/page.tsx";
import { Proven } from "../components/proven.tsx";
import { Text } from "../components/sentence.tsx";
import { Answered, Empty } from "../components/states.tsx";
import { Status } from "../components/status.tsx";
import { Happened } from "../components/steps.tsx";
import { Time } from "../components/time.tsx";
import { useToken } from "../final/amount.tsx";
import { moneyText } from "../final/token.ts";
import { duration, group, plural, short } from "../format.ts";
import { Money } from "../requests/money.tsx";
import { RequestStatus } from "../requests/state.tsx";
import { Tensor } from "../requests/tensor.tsx";
import {
  coverSentence,
  finalityWords,
  lockedSentence,
  nobodyIn,
  paymentWords,
  requestStepSentence,
  requestsOf,
  stateWords,
} from "../requests/words.ts";
import "../cards/cards.css";

/** A request: what is asked and by whom, how it was answered, what is proven of that, who is covered, and what was paid. */
export default function RequestPage({ params: { id = "" } }: { params: Record<string, string> }) {
  if (!isHash(id))
    return (
      <Page title="Request">
        <Empty>“{id}” is no request's name: that is 0x and 64 hexadecimal digits.</Empty>
      </Page>
    );
  return (
    <Page key={id} title={`Request ${short(id)}`}>
      <Found id={id} />
    </Page>
  );
}

function Found({ id }: { id: `0x${string}` }) {
  const query = useRequest(id);
  if (query.error instanceof ApiError && query.error.status === 404 && query.data === undefined)
    return <Empty>The indexer knows no request {id}. It may be too new, or undone by a reorganisation.</Empty>;
  return (
    <Answered query={query} what="the request">
      {({ item }) => (
        <>
          <Asked request={item} />
          <Answers request={item} />
          <Payments request={item} />
          <Timeline request={item} />
          <Fields request={item} />
        </>
      )}
    </Answered>
  );
}

/** Says amounts of what a request is paid in. */
function useSaid({ token }: Pick<InferenceRequest, "token">): (amount: string) => string {
  const known = useToken(token ?? undefined);
  return (amount) => moneyText(amount, token, known);
}

function Asked({ request }: { request: InferenceRequest }) {
  const { state, requester, modelId, methods, fee, token, deadline, answerWindow, provers, prover, until } = request;
  const covered = coverSentence(request, useSaid(request));
  return (
    <dl className="card">
      <dt>State</dt>
      <dd>
        <RequestStatus state={state} /> {stateWords[state]}
      </dd>
      <dt>Asked by</dt>
      <dd>
        <Account address={requester} /> <Time at={request.requested.timestamp} />,{" "}
        <Link href={requestsOf("requester", requester)}>all of its requests</Link>
      </dd>
      <dt>Model</dt>
      <dd>
        {cardOf(modelId)?.name} <Hash value={modelId} what="model" href={`/models/${modelId}`} />
      </dd>
      <dt>Input</dt>
      <dd>
        <Input request={request} />
      </dd>
      <dt>Wanted</dt>
      <dd>{finalityWords(request)}</dd>
      <dt>Accepted methods</dt>
      <dd>{methods.map(({ name }) => name).join(", ")}</dd>
      <dt>Fee</dt>
      <dd>
        <Money amount={fee} token={token} />
      </dd>
      <dt>Cover</dt>
      <dd>
        {covered ? <Text sentence={covered} season={undefined} /> : "none: nothing is delivered before it is verified"}
      </dd>
      <dt>Prover</dt>
      <dd>
        {prover === null ? (
          nobodyIn(state)
        ) : (
          <>
            <Account address={prover} />
            {state === "accepted" && until !== null && [" may answer until ", <Time key="until" at={until} />]}
          </>
        )}
      </dd>
      <dt>Who may answer</dt>
      <dd>
        {provers.length === 0 ? (
          "anybody"
        ) : (
          <span className="members">
            {provers.map((one, i) => (
              <Account key={i} address={one} copy={false} />
            ))}
          </span>
        )}
        , within {duration(answerWindow)} of accepting
      </dd>
      <dt>Deadline</dt>
      <dd>
        <Time at={deadline} />
      </dd>
      {request.callback && (
        <>
          <dt>Told</dt>
          <dd>
            the contract <Account address={request.callback.contract} />, with {group(request.callback.gas)} gas
          </dd>
        </>
      )}
    </dl>
  );
}

function Input({ request: { input, inputBytes, inputHash } }: { request: InferenceRequest }) {
  if (input !== null) return <Tensor bytes={input} />;
  return (
    <>
      {inputBytes === 0 ? "content, which provers fetch by its hash" : plural(inputBytes, "byte")},{" "}
      <Hash value={inputHash} what="input" />
    </>
  );
}

function Answers({ request }: { request: InferenceRequest }) {
  const { answers } = request;
  const last = answers.at(-1);
  const earlier = answers.slice(0, -1);
  return (
    <section aria-labelledby="answer-heading">
      <h2 id="answer-heading">The answer</h2>
      {last === undefined ? <Empty>Nobody has answered yet.</Empty> : <Answer answer={last} request={request} />}
      {earlier.length > 0 && (
        <p>
          Before, {plural(earlier.length, "answer")} didn't hold:{" "}
          {earlier.map(({ uid }) => (
            <Hash key={uid} value={uid} what="attestation" href={`/attestations/${uid}`} />
          ))}
        </p>
      )}
    </section>
  );
}

function Answer({ answer, request }: { answer: GivenAnswer; request: InferenceRequest }) {
  const { uid, prover, method, status, output, outputBytes, outputHash, delivered, cover, answered } = answer;
  const attestation = useAttestation(uid).data?.item;
  const said = useSaid(request);
  return (
    <>
      <dl className="card">
        <dt>Attestation</dt>
        <dd>
          <Hash value={uid} what="attestation" href={`/attestations/${uid}`} /> <Status status={status} /> under{" "}
          {method.name}
        </dd>
        <dt>Prover</dt>
        <dd>
          <Account address={prover} /> <Time at={answered.timestamp} />
        </dd>
        <dt>Output</dt>
        <dd>
          {output === null ? `${plural(outputBytes, "byte")}, ` : <Tensor bytes={output} />}{" "}
          <Hash value={outputHash} what="output" />
        </dd>
        <dt>Delivered</dt>
        <dd>{delivered === null ? "not yet: the wanted finality isn't reached" : `as ${delivered}`}</dd>
        <dt>Cover</dt>
        <dd>{cover ? <Text sentence={lockedSentence(cover, said)} season={undefined} /> : "none was locked for it"}</dd>
      </dl>
      {attestation && (
        <>
          <h3>What is proven, and what is not</h3>
          <Proven attestation={attestation} />
        </>
      )}
    </>
  );
}

function Payments({ request: { payments } }: { request: InferenceRequest }) {
  return (
    <section aria-labelledby="paid-heading">
      <h2 id="paid-heading">What was paid, and to whom</h2>
      {payments.length === 0 ? (
        <Empty>Nothing yet.</Empty>
      ) : (
        <Happened
          items={payments.map(({ account, amount, token, reason, at }) => ({
            at,
            text: (
              <>
                <strong>
                  <Money amount={amount} token={token} />
                </strong>{" "}
                to <Account address={account} copy={false} />: {paymentWords[reason]}
              </>
            ),
          }))}
        />
      )}
      <p className="muted">What is paid waits in the contract until its owner withdraws it.</p>
    </section>
  );
}

function Timeline({ request }: { request: InferenceRequest }) {
  const said = useSaid(request);
  return (
    <section aria-labelledby="steps-heading">
      <h2 id="steps-heading">What happened, step by step</h2>
      <Happened
        items={request.steps.map((step) => ({
          at: step.at,
          text: <Text sentence={requestStepSentence(step, said)} season={undefined} />,
        }))}
      />
    </section>
  );
}

function Fields({ request: { requestId, inputHash, nonce, encoded } }: { request: InferenceRequest }) {
  return (
    <details className="fields">
      <summary>All fields</summary>
      <dl>
        {Object.entries({ requestId, inputHash, nonce, encoded }).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code className="whole">{value}</code>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
