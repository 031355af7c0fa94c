import { useNow } from "../clock.ts";
import { Num } from "../components/num.tsx";
import type { Feed } from "../feed.ts";
import { useAway, useReadiness } from "../reach.ts";

// How long a reorganisation is shown, in seconds.
const NEWS = 30;

/** Why the numbers aren't fresh, in words; nothing while all is well. */
export function Notices({ feed: { reorg }, block }: { feed: Feed; block: number }) {
  const now = useNow();
  const { error } = useReadiness();
  const away = useAway();
  return (
    <>
      {away && (
        <p className="notice">
          <strong>Offline:</strong> the server can't be reached. What you see is as of block <Num value={block} />; the
          page tries again by itself.
        </p>
      )}
      {!away && error && (
        <p className="notice">
          <strong>Not up to date:</strong> {error.message}
        </p>
      )}
      {reorg && now - reorg.heardAt < NEWS && (
        <p className="notice">
          <strong>Reorganised:</strong> the chain took back what happened above block <Num value={reorg.blockNumber} />.
          Points that depended on it are removed or changed; the table shows the chain's current state.
        </p>
      )}
    </>
  );
}
