import { memo, useId, useRef } from "react";
import type { Address } from "viem";
import type { Profile, Standing } from "../../sdk/wire.ts";
import { Copy } from "../components/copy.tsx";
import { Identicon } from "../components/identicon.tsx";
import { Name } from "../components/name.tsx";
import { Num } from "../components/num.tsx";
import { short } from "../format.ts";
import { ReasonBar } from "./bar.tsx";
import { Change } from "./change.tsx";
import { Detail } from "./detail.tsx";
import { riseOf } from "./rows.ts";

/** Columns of the table. */
export const COLUMNS = 9;

export interface RowProps {
  standing: Standing;
  profile: Profile | undefined;
  seasonId: string;
  /** Points of the whole length of a bar. */
  most: bigint;
  own: boolean;
  /** What the audit found wrong with this row. */
  wrong: string | undefined;
  open: boolean;
  onToggle: (account: Address) => void;
}

/** An account's row; it opens to why it has its score. */
export const Row = memo(function Row({ standing, profile, seasonId, most, own, wrong, open, onToggle }: RowProps) {
  const { rank, place, account, name, points, verified, pending, refuted, caught } = standing;
  const detail = useId();
  const first = useRef(points);
  const rise = profile && riseOf(profile, rank);
  const classes = ["row", own && "own", wrong && "wrong"].filter(Boolean).join(" ");
  return (
    <>
      <tr className={classes} data-account={account} data-place={place}>
        <td className="number">
          <Num value={rank} />
        </td>
        <td className="wide">{profile ? <Change rise={rise} /> : "–"}</td>
        <th scope="row">
          <span className="account">
            <button
              type="button"
              className="toggle"
              aria-expanded={open}
              aria-controls={detail}
              onClick={() => onToggle(account)}
            >
              <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
                <path d="M5 2l6 6-6 6" />
              </svg>
              <Identicon address={account} />
              <code title={account}>{short(account)}</code>
              <span className="unseen">: why this score</span>
            </button>
            <Name value={name} />
            <Copy text={account} what={`address ${short(account)}`} />
            {own && <span className="tag">you</span>}
            {wrong && (
              <span className="tag tag-wrong" title={wrong}>
                ✗ not the chain's
              </span>
            )}
          </span>
        </th>
        <td className="number">
          <span key={points} className={first.current === points ? undefined : "fresh"}>
            <Num value={points} />
          </span>
        </td>
        <td className="wide">{profile ? <ReasonBar reasons={profile.reasons} most={most} /> : "–"}</td>
        <td className="number wide">
          <Num value={verified} />
        </td>
        <td className="number wide">
          <Num value={pending} />
        </td>
        <td className="number wide">
          <Num value={refuted} />
        </td>
        <td className="number wide">
          <Num value={caught} />
        </td>
      </tr>
      <tr id={detail} className="detail" hidden={!open}>
        <td colSpan={COLUMNS}>{open && <Detail {...{ standing, seasonId, wrong, profile, most }} />}</td>
      </tr>
    </>
  );
});
