import { useSearchParams } from "wouter";
import type { Season, UnitStandingsPage } from "../../sdk/wire.ts";
import { usePages } from "../api.ts";
import { cardOf } from "../cards/known.ts";
import { Account } from "../components/account.tsx";
import { More } from "../components/more.tsx";
import { Num } from "../components/num.tsx";
import { Answered, Empty } from "../components/states.tsx";
import { group, plural, short } from "../format.ts";
import { type Part, partIn, partsOf } from "./part.ts";

/** The standings of a part of a season: of one task, or of all tasks with a model. */
export default function UnitStandings({ season }: { season: Season }) {
  const [search, setSearch] = useSearchParams();
  const named = (modelId: Part["modelId"]) => cardOf(modelId)?.name ?? short(modelId);
  const parts = partsOf(season, named);
  const part = partIn(parts, search.get("by"));
  if (part === undefined) return null;
  return (
    <section aria-labelledby="units-heading">
      <h2 id="units-heading">Standings by task and by model</h2>
      <p className="controls">
        <label>
          Units of{" "}
          <select value={part.name} onChange={({ target }) => setSearch({ by: target.value }, { replace: true })}>
            {parts.map(({ name, label }) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </p>
      <Table key={part.name} season={season} part={part} />
    </section>
  );
}

const PAGE = 20;

function Table({ season: { seasonId }, part }: { season: Season; part: Part }) {
  const query = usePages<UnitStandingsPage>(`/v1/seasons/${seasonId}/${part.path}/standings?limit=${PAGE}`);
  return (
    <Answered query={query} what="the standings">
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        const total = pages.at(-1)?.total ?? 0;
        if (items.length === 0) return <Empty>No unit of {part.label} was verified yet.</Empty>;
        return (
          <>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
            <section className="scroll" aria-label={`Standings of ${part.label}`} tabIndex={0}>
              <table>
                <caption>
                  {items.length === total
                    ? plural(total, "account")
                    : `${group(items.length)} of ${plural(total, "account")}`}{" "}
                  with a verified unit of {part.label}; equal numbers share a rank
                </caption>
                <thead>
                  <tr>
                    <th scope="col" className="number">
                      Rank
                    </th>
                    <th scope="col">Account</th>
                    <th scope="col" className="number">
                      Verified
                    </th>
                    {part.points !== undefined && (
                      <th scope="col" className="number" title="What the verified units earn their prover">
                        Points for them
                      </th>
                    )}
                    <th scope="col" className="number">
                      Refuted
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {items.map(({ rank, account, verified, refuted }) => (
                    <tr key={account}>
                      <td className="number">
                        <Num value={rank} />
                      </td>
                      <th scope="row">
                        <Account address={account} season={seasonId} copy={false} />
                      </th>
                      <td className="number">
                        <Num value={verified} />
                      </td>
                      {part.points !== undefined && (
                        <td className="number">
                          <Num value={BigInt(verified) * part.points} />
                        </td>
                      )}
                      <td className="number">
                        <Num value={refuted} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
            <More query={query} what="accounts" />
          </>
        );
      }}
    </Answered>
  );
}
