import { useNow } from "../clock.ts";
import { exactTime, relativeTime } from "../format.ts";

/** A time relative to now; hovering or focusing it shows the exact one. */
export function Time({ at }: { at: number }) {
  const now = useNow();
  const exact = exactTime(at);
  return (
    <time className="hint" dateTime={new Date(at * 1_000).toISOString()} data-hint={exact} title={exact}>
      {relativeTime(at, now)}
    </time>
  );
}
