import { useSearchParams } from "wouter";
import type { Season } from "../../sdk/wire.ts";
import { phaseWord } from "./state.tsx";

/** Lets the visitor choose the season that the page shows; its address names it then. Drafts are left out, unless one is shown. */
export function SeasonChoice({ seasonId, seasons }: { seasonId: string; seasons: readonly Season[] }) {
  const [, setSearch] = useSearchParams();
  const offered = seasons.filter((one) => one.state !== "drafted" || one.seasonId === seasonId);
  if (offered.length < 2) return null;
  return (
    <label>
      Season{" "}
      <select value={seasonId} onChange={({ target }) => setSearch({ season: target.value })}>
        {offered.map((season) => (
          <option key={season.seasonId} value={season.seasonId}>
            {season.seasonId} ({phaseWord(season)})
          </option>
        ))}
      </select>
    </label>
  );
}
