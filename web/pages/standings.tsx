import { useSeasons } from "../api.ts";
import { Page } from "../components/page.tsx";
import { Answered, Empty } from "../components/states.tsx";
import { useShownSeason } from "../shown.ts";
import { Leaderboard } from "../standings/leaderboard.tsx";
import "../standings/standings.css";

/** The ranking of a season, live. */
export default function StandingsPage() {
  const seasons = useSeasons();
  const season = useShownSeason();
  return (
    <Page title={season ? `Standings of season ${season.seasonId}` : "Standings"}>
      <Answered query={seasons} what="seasons">
        {({ items }) =>
          season === undefined ? (
            <Empty>No season was opened yet. The first one will appear here by itself.</Empty>
          ) : (
            <Leaderboard key={season.seasonId} season={season} seasons={items} />
          )
        }
      </Answered>
    </Page>
  );
}
