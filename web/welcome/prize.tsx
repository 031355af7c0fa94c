import { Link } from "wouter";
import type { Season } from "../../sdk/wire.ts";
import { useNow } from "../clock.ts";
import { Said } from "../components/said.tsx";
import { Amount, useToken } from "../final/amount.tsx";
import { exactTime } from "../format.ts";
import { useMetadata } from "../seasons/metadata.ts";
import { phaseOf } from "../strip/phase.ts";

/** What there is to win in a season, who holds it, and until when. */
export function Prize({ season }: { season: Season }) {
  const { seasonId, uri, rewards, endsAt } = season;
  const { title, prize } = useMetadata(uri).data ?? {};
  const token = useToken(rewards?.token);
  const said = [
    ["The organiser calls it", title],
    ["and says of its prize", prize],
  ] as const;
  return (
    <section className="card" aria-labelledby="prize-heading">
      <h2 id="prize-heading">What there is to win</h2>
      <p>
        {rewards ? (
          <>
            <strong className="prize">
              <Amount value={rewards.pool} address={rewards.token} token={token} />
            </strong>{" "}
            in escrow. A contract pays it by the final order alone.
          </>
        ) : (
          <>
            <strong className="prize">A place that nobody can edit.</strong> No prize is in escrow.
          </>
        )}
      </p>
      <dl>
        <dt>Season</dt>
        <dd>
          <Link href={`/seasons/${seasonId}`}>Season {seasonId}</Link>, {phaseOf(season, useNow())}
        </dd>
        <dt>Deadline</dt>
        <dd>{endsAt === null ? "not set yet" : exactTime(endsAt)}</dd>
        <Said items={said} />
      </dl>
    </section>
  );
}
