import type { Address } from "viem";
import type { Profile, Standing } from "../../sdk/wire.ts";
import { Account } from "../components/account.tsx";
import { Num } from "../components/num.tsx";
import { group, plural } from "../format.ts";
import { isSame } from "../me.ts";
import { moveByArrows } from "./focus.ts";
import { COLUMNS, Row } from "./row.tsx";
import { sorted } from "./rows.ts";
import type { Sorting } from "./view.ts";

interface TableProps {
  seasonId: string;
  rows: readonly Standing[];
  profiles: ReadonlyMap<Address, Profile>;
  most: bigint;
  me: Address | undefined;
  /** The visitor's own standing, wherever it is. */
  own: Standing | undefined;
  /** What the audit found wrong, by account. */
  wrong: ReadonlyMap<string, string>;
  total: number;
  /** What was searched for; undefined where the ranking is shown. */
  sought: string | undefined;
  busy: boolean;
  open: Address | undefined;
  onToggle: (account: Address) => void;
  /** Undefined for the ranking's own order. */
  sort: Sorting | undefined;
  onSort: (sort: Sorting | undefined) => void;
}

/** The ranking as a table; the visitor's own row stays in sight. */
export function StandingsTable(props: TableProps) {
  const { seasonId, rows, profiles, most, me, own, wrong, busy, open, onToggle, sort, onSort } = props;
  const ownIsAway = own !== undefined && !rows.some(({ account }) => isSame(account, me));
  return (
    <table className="standings" aria-busy={busy}>
      <caption>{captionOf(props)}</caption>
      <thead>
        <tr>
          <th
            scope="col"
            className="number"
            aria-sort={props.sought === undefined && sort === undefined ? "ascending" : "none"}
          >
            {sort === undefined ? (
              "Rank"
            ) : (
              <button type="button" className="sort" title="The ranking's own order" onClick={() => onSort(undefined)}>
                Rank
              </button>
            )}
          </th>
          <th scope="col" className="wide" title="Change of rank since the last epoch ended">
            Change
          </th>
          <th scope="col">Account</th>
          <th scope="col" className="number">
            Points
          </th>
          <th scope="col" className="wide reasons-column">
            By reason
          </th>
          <SortHeader {...{ column: "verified", sort, onSort }} />
          <SortHeader {...{ column: "pending", sort, onSort }} />
          <SortHeader {...{ column: "refuted", sort, onSort }} />
          <SortHeader {...{ column: "caught", sort, onSort }} title="Refutations that the account took part in" />
        </tr>
      </thead>
      <tbody onKeyDown={moveByArrows}>
        {sorted(rows, sort).map((standing) => (
          <Row
            key={standing.account}
            {...{ standing, seasonId, most, onToggle }}
            profile={profiles.get(standing.account)}
            own={isSame(standing.account, me)}
            wrong={wrong.get(standing.account)}
            open={isSame(standing.account, open)}
          />
        ))}
      </tbody>
      {ownIsAway && (
        <tfoot>
          <tr className="own">
            <td className="number">
              <Num value={own.rank} />
            </td>
            <td className="wide" />
            <th scope="row">
              <Account address={own.account} season={seasonId} copy={false} /> <span className="tag">you</span>
            </th>
            <td className="number">
              <Num value={own.points} />
            </td>
            <td className="wide" colSpan={COLUMNS - 4} />
          </tr>
        </tfoot>
      )}
    </table>
  );
}

/** A column's head that sorts the rows that are shown: the most first, then the fewest. */
function SortHeader({
  column,
  title,
  sort,
  onSort,
}: Pick<TableProps, "sort" | "onSort"> & { column: Sorting["column"]; title?: string }) {
  const descending = sort?.column === column ? sort.descending : undefined;
  return (
    <th
      scope="col"
      className="number wide"
      title={title}
      aria-sort={descending === undefined ? "none" : descending ? "descending" : "ascending"}
    >
      <button type="button" className="sort" onClick={() => onSort({ column, descending: descending !== true })}>
        {column}
        <span aria-hidden="true">{descending === undefined ? "" : descending ? " ↓" : " ↑"}</span>
      </button>
    </th>
  );
}

function captionOf({ rows, total, sought, sort }: TableProps): string {
  const order = sort && `only these rows are sorted, the ${sort.descending ? "most" : "fewest"} ${sort.column} first`;
  if (sought !== undefined) {
    const found = `${plural(rows.length, "account begins", "accounts begin")} with ${sought}`;
    return order ? `${found}; ${order}.` : `${found}.`;
  }
  const places = [rows[0]?.place ?? 0, rows.at(-1)?.place ?? 0].map(group).join(" to ");
  return `Places ${places} of ${group(total)}${order ? `; ${order}.` : ", sorted by points; equal points share a rank."}`;
}
