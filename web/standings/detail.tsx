import { Link } from "wouter";
import type { Profile, Standing } from "../../sdk/wire.ts";
import { Copy } from "../components/copy.tsx";
import { Loaded } from "../components/states.tsx";
import { Time } from "../components/time.tsx";
import { plural, short } from "../format.ts";
import { isSame, setMe, useMe } from "../me.ts";
import { part } from "../part.ts";
import { ReasonBar, ReasonLegend } from "./bar.tsx";
import { Change } from "./change.tsx";
import { riseOf } from "./rows.ts";

const Receipts = part(() => import("../receipts/receipts.tsx"));

/** What a row opens to: why the account has its score. */
export function Detail({
  standing,
  seasonId,
  wrong,
  profile,
  most,
}: {
  standing: Standing;
  seasonId: string;
  wrong: string | undefined;
  profile: Profile | undefined;
  /** Points of the whole length of a bar. */
  most: bigint;
}) {
  const { rank, account, points, verified, pending, refuted, caught, lastChangeAt } = standing;
  const me = useMe();
  const own = isSame(account, me);
  return (
    <div className="why">
      <p className="why-head">
        <code className="whole">{account}</code>
        <Copy text={account} what={`address ${short(account)}`} />
        <button type="button" onClick={() => setMe(own ? undefined : account)}>
          {own ? "This isn't me" : "This is me"}
        </button>
        <Link href={`/seasons/${seasonId}/accounts/${account}`}>Account's page</Link>
      </p>
      {wrong && <p className="notice notice-bad">{wrong}</p>}
      <p>
        {plural(points, "point")}; {plural(verified, "unit")} verified, {pending} pending, {refuted} refuted; took part
        in {plural(caught, "refutation")}. Last change <Time at={lastChangeAt} />.
      </p>
      {profile && (
        <>
          <div className="narrow">
            <p>
              Change of rank since the last epoch: <Change rise={riseOf(profile, rank)} />
            </p>
            <ReasonBar reasons={profile.reasons} most={most} />
          </div>
          <ReasonLegend reasons={profile.reasons} />
        </>
      )}
      <Loaded what="receipts">
        <Receipts account={account} seasonId={seasonId} />
      </Loaded>
    </div>
  );
}
