import { useSearchParams } from "wouter";
import { useSeasons } from "../api.ts";
import { Page } from "../components/page.tsx";
import { Answered, Empty, Loaded } from "../components/states.tsx";
import { part } from "../part.ts";
import { useShownSeason } from "../shown.ts";
import { Leaderboard } from "../standings/leaderboard.tsx";
import { Welcome } from "../welcome/welcome.tsx";
import "../standings/standings.css";

const NewsFeed = part(() => import("../news/feed.tsx"));

/** The ranking of a season, live; below a welcome, unless the address names a season. */
export default function StandingsPage() {
  const seasons = useSeasons();
  const season = useShownSeason();
  const [search] = useSearchParams();
  const welcomes = !search.has("season");
  const standings = season ? `Standings of season ${season.seasonId}` : "Standings";
  return (
    <Page title={welcomes ? "Every point is a verified AI inference" : standings}>
      {welcomes && (
        <>
          <Welcome season={season} />
          <Loaded what="what is happening">
            <NewsFeed />
          </Loaded>
          <h2>{standings}</h2>
        </>
      )}
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
