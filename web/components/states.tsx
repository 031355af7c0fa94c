import { type ReactNode, Suspense, useEffect } from "react";
import { ask, isUnreachable } from "../api.ts";
import { useAway } from "../reach.ts";
import { Boundary } from "./boundary.tsx";

/** Says that there is nothing, and why. */
export const Empty = ({ children }: { children: ReactNode }) => <p className="state">{children}</p>;

/** Says that something is on its way. */
export const Loading = ({ what }: { what: string }) => (
  <p className="state" aria-busy="true">
    Loading {what} …
  </p>
);

/** Says what went wrong, and offers to try again. */
export function Failed({ error, retry }: { error: Error; retry?: () => unknown }) {
  return (
    <div className="state state-failed" role="alert">
      <p>
        <strong>{isUnreachable(error) ? "Offline." : "That didn't work."}</strong> {error.message}
      </p>
      {retry && (
        <button type="button" onClick={() => retry()}>
          Try again
        </button>
      )}
    </div>
  );
}

/** A part of the page whose code is loaded when it is shown; where it can't be, it is once the server is back. */
export const Loaded = ({ what, children }: { what: string; children: ReactNode }) => (
  <Boundary failed={(error) => <NotLoaded error={error} />}>
    <Suspense fallback={<Loading what={what} />}>{children}</Suspense>
  </Boundary>
);

/** Browsers and bundlers keep the failure of code that didn't load, so the page is loaded anew: its address says what it shows. */
function NotLoaded({ error }: { error: Error }) {
  const away = useAway();
  const waits = isUnreachable(error);
  useEffect(() => {
    // Asked once more: a page that is loaded anew without its server is gone.
    if (waits && !away)
      ask("/healthz").then(
        () => location.reload(),
        () => {},
      );
  }, [waits, away]);
  return <Failed error={error} retry={() => location.reload()} />;
}

/** What the page shows of an answer: the answer, that it is on its way, or what went wrong. */
export function Answered<T>({
  query: { data, error, refetch },
  what,
  children,
}: {
  query: { data: T | undefined; error: Error | null; refetch: () => unknown };
  what: string;
  children: (data: T) => ReactNode;
}) {
  if (data !== undefined) return children(data);
  return error ? <Failed error={error} retry={refetch} /> : <Loading what={what} />;
}
