import { Link } from "wouter";
import { ApiError } from "../../sdk/api.ts";
import type { ProfilesAnswer, Season, StandingsPage } from "../../sdk/wire.ts";
import { useAnswer, useSeason } from "../api.ts";
import { cardOf } from "../cards/known.ts";
import { Account } from "../components/account.tsx";
import { Hash } from "../components/hash.tsx";
import { Page } from "../components/page.tsx";
import { Answered, Empty } from "../components/states.tsx";
import { Texts } from "../components/texts.tsx";
import { Time } from "../components/time.tsx";
import { duration, group, plural, short } from "../format.ts";
import { rulesOf } from "../seasons/rules.ts";
import { SeasonPhase } from "../seasons/state.tsx";
import "../cards/cards.css";

/** A season's rules in words, and its state. */
export default function SeasonPage({ params: { id = "" } }: { params: Record<string, string> }) {
  return (
    <Page key={id} title={`Season ${id}`}>
      <Found id={id} />
    </Page>
  );
}

function Found({ id }: { id: string }) {
  const query = useSeason(id);
  if (query.error instanceof ApiError && query.error.status === 404 && query.data === undefined)
    return <Empty>There is no season {id}.</Empty>;
  return (
    <Answered query={query} what="the season">
      {({ item }) => (
        <>
          <Facts season={item} />
          <Rules season={item} />
          <Tasks season={item} />
        </>
      )}
    </Answered>
  );
}

function Facts({ season }: { season: Season }) {
  const { seasonId, organiser, uri, seed, totals, final } = season;
  return (
    <dl className="card">
      <dt>Phase</dt>
      <dd>
        <SeasonPhase season={season} />
      </dd>
      <dt>So far</dt>
      <dd>
        {plural(totals.participants, "account")}, {plural(totals.totalPoints, "point")},{" "}
        {plural(totals.seq, "ledger entry", "ledger entries")}: <Link href={`/?season=${seasonId}`}>the standings</Link>
      </dd>
      <dt>Ledger hash</dt>
      <dd>
        <Hash value={totals.ledgerHash} what="ledger hash" />
      </dd>
      <dt>Epochs</dt>
      <dd>
        <Epochs season={season} />
      </dd>
      <dt>Final standings</dt>
      <dd>
        {final ? (
          <>
            on chain <Time at={final.finalised.timestamp} />, posted by <Account address={final.poster} copy={false} />
          </>
        ) : (
          "not on chain"
        )}
      </dd>
      <dt>Organiser</dt>
      <dd>
        <Account address={organiser} />
      </dd>
      <dt>Organiser's description at</dt>
      <dd>
        <Texts items={uri ? [uri] : []} none="nowhere" />
      </dd>
      <dt>Seed</dt>
      <dd>{seed ? <Hash value={seed} what="seed" /> : "not drawn yet"}</dd>
    </dl>
  );
}

/** How long an epoch is, as the indexer keeps them: read from those that are over. */
function Epochs({ season: { seasonId, startsAt } }: { season: Season }) {
  const first = useAnswer<StandingsPage>(`/v1/seasons/${seasonId}/standings?limit=1`).data?.items[0]?.account;
  const route = `/v1/seasons/${seasonId}/profiles?account=${first}`;
  const { data, error } = useAnswer<ProfilesAnswer>(first === undefined ? undefined : route);
  const last = data?.epochs.at(-1);
  if (error && data === undefined) return <>not given by this server</>;
  if (startsAt === null || last === undefined) return <>none is over yet; at the end of each one, ranks are kept</>;
  return (
    <>
      {plural(last.epoch, "epoch")} of {duration((last.endsAt - startsAt) / last.epoch)} over: the table's change of
      rank is since the end of the last one, <Time at={last.endsAt} />
    </>
  );
}

function Rules({ season }: { season: Season }) {
  const named = (modelId: Season["tasks"][number]["modelId"]) => `the model ${cardOf(modelId)?.name ?? short(modelId)}`;
  return (
    <section aria-labelledby="rules-heading">
      <h2 id="rules-heading">The rules, from the chain</h2>
      {rulesOf(season, named).map(({ title, sentences }) => (
        <section key={title}>
          <h3>{title}</h3>
          {sentences.length === 1 ? (
            <p>{sentences[0]}</p>
          ) : (
            <ul>
              {sentences.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          )}
        </section>
      ))}
    </section>
  );
}

function Tasks({ season: { tasks } }: { season: Season }) {
  return (
    <section aria-labelledby="tasks-heading">
      <h2 id="tasks-heading">Tasks</h2>
      {tasks.length === 0 ? (
        <Empty>No task was added yet.</Empty>
      ) : (
        <div className="scroll">
          <table>
            <caption>The season's tasks, each added by a transaction that carries its base inputs</caption>
            <thead>
              <tr>
                <th scope="col">Task</th>
                <th scope="col">Model</th>
                <th scope="col">Method</th>
                <th scope="col" className="number">
                  Points
                </th>
                <th scope="col" className="number">
                  Units
                </th>
                <th scope="col" className="number">
                  Noise
                </th>
                <th scope="col" className="number">
                  Inputs
                </th>
                <th scope="col">Input set</th>
                <th scope="col">Added by</th>
              </tr>
            </thead>
            <tbody>
              {tasks.map((task) => (
                <TaskRow key={task.taskId} task={task} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function TaskRow({ task }: { task: Season["tasks"][number] }) {
  const { taskId, modelId, method, points, unitsPerAccount, noise, inputCount, inputSetRoot, added } = task;
  return (
    <tr>
      <th scope="row">{taskId}</th>
      <td>
        <Link href={`/models/${modelId}`}>{cardOf(modelId)?.name ?? short(modelId)}</Link>
      </td>
      <td>{method.name}</td>
      {[points, unitsPerAccount, noise, inputCount].map((value, i) => (
        <td key={i} className="number num">
          {group(value)}
        </td>
      ))}
      <td>
        <Hash value={inputSetRoot} what="input set" />
      </td>
      <td>
        <Hash value={added.transactionHash} what="transaction" />
      </td>
    </tr>
  );
}
