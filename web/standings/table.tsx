import type { Address } from "viem";
import type { Profile, Standing } from "../../sdk/wire.ts";
import { Account } from "../components/account.tsx";
import { Num } from "../components/num.tsx";
import { group, plural } from "../format.ts";
import { isSame } from "../me.ts";
import { moveByArrows } from "./focus.ts";
import { COLUMNS, Row } from "./row.tsx";

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
  prefix: string | undefined;
  busy: boolean;
  open: Address | undefined;
  onToggle: (account: Address) => void;
}

/** The ranking as a table; the visitor's own row stays in sight. */
export function StandingsTable(props: TableProps) {
  const { seasonId, rows, profiles, most, me, own, wrong, busy, open, onToggle } = props;
  const ownIsAway = own !== undefined && !rows.some(({ account }) => isSame(account, me));
  return (
    <table className="standings" aria-busy={busy}>
      <caption>{captionOf(props)}</caption>
      <thead>
        <tr>
          <th scope="col" className="number" aria-sort={props.prefix === undefined ? "ascending" : "none"}>
            Rank
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
          <th scope="col" className="number wide">
            Verified
          </th>
          <th scope="col" className="number wide">
            Pending
          </th>
          <th scope="col" className="number wide">
            Refuted
          </th>
          <th scope="col" className="number wide" title="Refutations that the account took part in">
            Caught
          </th>
        </tr>
      </thead>
      <tbody onKeyDown={moveByArrows}>
        {rows.map((standing) => (
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

function captionOf({ rows, total, prefix }: TableProps): string {
  if (prefix !== undefined) return `${plural(rows.length, "account begins", "accounts begin")} with ${prefix}.`;
  const [first, last] = [rows[0]?.place ?? 0, rows.at(-1)?.place ?? 0];
  return `Places ${group(first)} to ${group(last)} of ${group(total)}, sorted by points; equal points share a rank.`;
}
