import { Link } from "wouter";
import { ApiError } from "../../sdk/api.ts";
import type { ProfilesAnswer, Season, StandingsPage } from "../../sdk/wire.ts";
import { useAnswer, useSeason } from "../api.ts";
import { cardOf } from "../cards/known.ts";
import { Account } from "../components/account.tsx";
import { Hash } from "../components/hash.tsx";
import { type About, Page } from "../components/page.tsx";
import { Answered, Empty, Loaded } from "../components/states.tsx";
import { Time } from "../components/time.tsx";
import { Transaction } from "../components/transaction.tsx";
import { Rewards } from "../final/rewards.tsx";
import { type FinalSeason, isFinal, Seal } from "../final/seal.tsx";
import { Timeline } from "../final/timeline.tsx";
import { Top } from "../final/top.tsx";
import { duration, group, plural, short } from "../format.ts";
import { part } from "../part.ts";
import { Description } from "../seasons/description.tsx";
import { rulesOf } from "../seasons/rules.ts";
import { Share } from "../seasons/share.tsx";
import { SeasonPhase } from "../seasons/state.tsx";
import "../cards/cards.css";

const UnitStandings = part(() => import("../standings/units.tsx"));

/** A season's rules in words, its state, and how it ended. */
export default function SeasonPage({ params: { id = "" } }: { params: Record<string, string> }) {
  const query = useSeason(id);
  const season = query.data?.item;
  return (
    <Page key={id} title={`Season ${id}`} about={season && isFinal(season) ? aboutOf(season) : undefined}>
      <Found id={id} query={query} />
    </Page>
  );
}

/** What is worth knowing of a season that is over. */
function aboutOf({ seasonId, totals }: FinalSeason): About {
  const outcome = `${plural(totals.participants, "account")}, ${plural(totals.totalPoints, "point")}`;
  return {
    title: `Season ${seasonId}, final: ${outcome}`,
    description: `The final standings of season ${seasonId}: ${outcome}. Every point is a verified AI inference, and a contract checked the order account by account.`,
  };
}

function Found({ id, query }: { id: string; query: ReturnType<typeof useSeason> }) {
  if (query.error instanceof ApiError && query.error.status === 404 && query.data === undefined)
    return <Empty>There is no season {id}.</Empty>;
  return (
    <Answered query={query} what="the season">
      {({ item }) => (
        <>
          {isFinal(item) && <Final season={item} />}
          <Facts season={item} />
          <Timeline season={item} />
          {item.rewards && <Rewards rewards={item.rewards} participants={item.totals.participants} />}
          <Rules season={item} />
          <Tasks season={item} />
          <Loaded what="the standings by task">
            <UnitStandings season={item} />
          </Loaded>
          {item.state !== "drafted" && <Share season={item} />}
        </>
      )}
    </Answered>
  );
}

/** What is worth linking to: who won, why that stands, and how to check it. */
function Final({ season }: { season: FinalSeason }) {
  const { seasonId, totals } = season;
  return (
    <>
      <Seal season={season} />
      {totals.participants > 0 && <Top season={season} />}
      <h2>Check it yourself</h2>
      <p>From the chain alone, over an RPC of your own; both end with the same ledger hash and order:</p>
      <ul className="commands">
        <li>
          <code>proofboard audit {seasonId} --rpc URL</code>
        </li>
        <li>
          <code>python3 scripts/audit.py --rpc URL --season {seasonId} --deployment FILE</code>
        </li>
      </ul>
    </>
  );
}

function Facts({ season }: { season: Season }) {
  const { seasonId, organiser, uri, seed, totals } = season;
  return (
    <dl className="card">
      <dt>Phase</dt>
      <dd>
        <SeasonPhase season={season} />
      </dd>
      <dt>{season.final ? "In the end" : "So far"}</dt>
      <dd>
        {plural(totals.participants, "account")}, {plural(totals.totalPoints, "point")},{" "}
        {plural(totals.seq, "ledger entry", "ledger entries")}: <Link href={`/?season=${seasonId}`}>the standings</Link>
        , <Link href={`/seasons/${seasonId}/network`}>the season as a test of the network</Link>
      </dd>
      <dt>Ledger hash</dt>
      <dd>
        <Hash value={totals.ledgerHash} what="ledger hash" />
      </dd>
      <dt>Epochs</dt>
      <dd>
        <Epochs season={season} />
      </dd>
      <dt>Organiser</dt>
      <dd>
        <Account address={organiser} />
      </dd>
      <Description uri={uri} />
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
        <Transaction hash={added.transactionHash} />
      </td>
    </tr>
  );
}
