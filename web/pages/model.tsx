import { isHash } from "viem";
import { Link } from "wouter";
import { pinnedRuntime, RUNTIME_ID } from "../../inference/pinned.ts";
import { ApiError } from "../../sdk/api.ts";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import { holdsText } from "../../sdk/text.ts";
import type { Model } from "../../sdk/wire.ts";
import { useAvailability, useModel, useSeasons } from "../api.ts";
import { ModelCard } from "../cards/card.tsx";
import { cardOf } from "../cards/known.ts";
import { PublishedCard } from "../cards/published.tsx";
import { bytesOf, countOf } from "../cards/share.ts";
import { StandingsOfModel } from "../cards/standings.tsx";
import { useReachable } from "../chain.ts";
import { shapeOf } from "../check/elements.ts";
import { Account } from "../components/account.tsx";
import { Page } from "../components/page.tsx";
import { Answered, Empty, Loaded } from "../components/states.tsx";
import { Texts } from "../components/texts.tsx";
import { Time } from "../components/time.tsx";
import { Transaction } from "../components/transaction.tsx";
import { group, plural, short } from "../format.ts";
import { part } from "../part.ts";
import "../cards/cards.css";

/** A published model: its parts from the chain, and what its publisher says about it. */
export default function ModelPage({ params: { id = "" } }: { params: Record<string, string> }) {
  if (!isHash(id))
    return (
      <Page title="Model">
        <Empty>“{id}” is no model's name: that is 0x and 64 hexadecimal digits.</Empty>
      </Page>
    );
  return (
    <Page key={id} title={`Model ${cardOf(id)?.name ?? short(id)}`}>
      <Found id={id} />
    </Page>
  );
}

function Found({ id }: { id: `0x${string}` }) {
  const query = useModel(id);
  if (query.error instanceof ApiError && query.error.status === 404 && query.data === undefined)
    return <Empty>The indexer knows no model {id}. It may be too new, or undone by a reorganisation.</Empty>;
  const card = cardOf(id);
  return (
    <Answered query={query} what="the model">
      {({ item }) => (
        <>
          <Parts model={item} />
          {card ? <ModelCard card={card} /> : <PublishedCard model={item} />}
          <Writer model={item} />
          <StandingsOfModel modelId={item.modelId} />
          <Uses modelId={item.modelId} />
        </>
      )}
    </Answered>
  );
}

/** A form to have a model write, where it reads and writes text. */
function Writer({ model: { modelId, layout } }: { model: Model }) {
  const reachable = useReachable();
  if (!layout || !holdsText(layout.input) || !holdsText(layout.output) || !reachable) return null;
  return (
    <Loaded what="the form to write with it">
      <Write modelId={modelId} input={layout.input} reachable={reachable} />
    </Loaded>
  );
}

const Write = part(() => import("../write/write.tsx"));

const kinds: Readonly<Record<Model["kind"], string>> = {
  integer: "integer: every implementation gives the same bytes, so a contract can check each number",
  graph: "graph of integer operators: every implementation gives the same bytes; its weights are in its file",
  float: "float: checked by running the same file on the pinned runtime and comparing bytes",
};

function Parts({ model }: { model: Model }) {
  const {
    modelId,
    kind,
    layout,
    parameterRows,
    publisher,
    published,
    uris,
    cid,
    artifactHash,
    runtimeId,
    measurement,
  } = model;
  const { weights, rowsBytes } = countOf(layout?.widths ?? []);
  return (
    <section aria-labelledby="parts-heading">
      <h2 id="parts-heading">What the chain says</h2>
      <dl className="card">
        <dt>Kind</dt>
        <dd>{kinds[kind]}</dd>
        {layout ? (
          <>
            <dt>Takes</dt>
            <dd>
              <code>{layout.input.name}</code>, {shapeOf(layout.input)}
            </dd>
            <dt>Gives</dt>
            <dd>
              <code>{layout.output.name}</code>, {shapeOf(layout.output)}
            </dd>
            {parameterRows && (
              <>
                <dt>Parameter rows</dt>
                <dd>
                  {group(parameterRows.count)}, of which {group(parameterRows.onChain)} are on chain, too
                  {parameterRows.onChain === parameterRows.count && ": who gets the file nowhere makes it of them"}
                </dd>
              </>
            )}
            {kind === "integer" && (
              <>
                <dt>Widths</dt>
                <dd>
                  {layout.widths.join(" – ")}: {plural(weights, "weight")}, {bytesOf(rowsBytes)} of rows on chain
                </dd>
              </>
            )}
          </>
        ) : (
          <>
            <dt>Layout</dt>
            <dd>can't be read: a tensor's name isn't text</dd>
          </>
        )}
        <dt>File</dt>
        {artifactHash === ZERO_HASH ? (
          <dd>none: only the enclave that its name holds can run it, and nobody can run it again</dd>
        ) : (
          <>
            <dd>
              sha256 <code>{artifactHash}</code>
            </dd>
            <dt>CID</dt>
            <dd>
              <code>{cid}</code> <a href={`/ipfs/${cid}`}>from this server</a>
            </dd>
            <dt>Served by</dt>
            <dd>
              <ServedBy modelId={modelId} />
            </dd>
          </>
        )}
        {measurement !== ZERO_HASH && (
          <>
            <dt>Enclave</dt>
            <dd>
              image with the measurement <code>{measurement}</code>
            </dd>
          </>
        )}
        <dt>May be found at</dt>
        <dd>
          <Texts items={uris} none="nobody left a hint" />
          <span className="aside">
            Hints that anyone may add. This page shows them as text, and fetches a card alone, from this server by its
            hash.
          </span>
        </dd>
        <dt>Runtime</dt>
        <dd>
          {runtimeId === RUNTIME_ID ? (
            <>
              {pinnedRuntime.name}, {plural(pinnedRuntime.threads, "thread")}, unoptimised graph
            </>
          ) : (
            <>
              not the one of this page: <code>{runtimeId}</code>
            </>
          )}
        </dd>
        <dt>Published</dt>
        <dd>
          <Time at={published.timestamp} /> by <Account address={publisher} />, transaction{" "}
          <Transaction hash={published.transactionHash} />
        </dd>
        <dt>Attestations</dt>
        <dd>
          <Link href={`/attestations?model=${modelId}`}>all of this model</Link>
        </dd>
        <dt>Requests</dt>
        <dd>
          <Link href={`/requests?model=${modelId}`}>all for this model</Link>
        </dd>
      </dl>
      <Hashes model={model} />
    </section>
  );
}

function Hashes({ model }: { model: Model }) {
  const { modelId, layoutHash, weightsRoot, verifyingKeyHash, measurement, runtimeId } = model;
  return (
    <details className="fields">
      <summary>All hashes</summary>
      <dl>
        {Object.entries({ modelId, runtimeId, layoutHash, weightsRoot, verifyingKeyHash, measurement }).map(
          ([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value === ZERO_HASH ? "none" : <code>{value}</code>}</dd>
            </div>
          ),
        )}
      </dl>
    </details>
  );
}

function Uses({ modelId }: { modelId: string }) {
  const seasons = useSeasons().data?.items ?? [];
  const uses = seasons.flatMap(({ seasonId, tasks }) =>
    tasks.filter((task) => task.modelId === modelId).map((task) => ({ seasonId, ...task })),
  );
  if (uses.length === 0) return null;
  return (
    <section aria-labelledby="uses-heading">
      <h2 id="uses-heading">Tasks with this model</h2>
      <ul>
        {uses.map(({ seasonId, taskId, method, points, noise }) => (
          <li key={`${seasonId} ${taskId}`}>
            <Link href={`/seasons/${seasonId}`}>Season {seasonId}</Link>, task {taskId}: {plural(points, "point")} a
            unit by {method.name}, noise {group(noise)}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Who has the file, as the server of the page measured it. */
function ServedBy({ modelId }: { modelId: Model["modelId"] }) {
  const { data, error } = useAvailability(modelId);
  if (data === undefined) return <>{error ? "not told by this server" : "…"}</>;
  if (data.onChain) return <>nobody needs to: anyone makes it from the chain</>;
  if (data.sources.length === 0) return <>not measured by this server</>;
  return (
    <ul className="texts">
      {data.sources.map(({ source, servedSince, failure }) => (
        <li key={source}>
          {source === "here" ? "this server" : <code dir="auto">{source}</code>}
          {": "}
          {servedSince === null
            ? "no"
            : [<span key="since">yes, seen since </span>, <Time key="at" at={servedSince} />]}
          {failure && [
            <span key="failed">; last failed </span>,
            <Time key="at" at={failure.at} />,
            `: ${failure.reason}`,
          ]}
        </li>
      ))}
    </ul>
  );
}
