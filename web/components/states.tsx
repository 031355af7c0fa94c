import type { ReactNode } from "react";
import { ApiError } from "../../sdk/api.ts";

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
  const offline = error instanceof ApiError && error.status === undefined;
  return (
    <div className="state state-failed" role="alert">
      <p>
        <strong>{offline ? "Offline." : "That didn't work."}</strong> {error.message}
      </p>
      {retry && (
        <button type="button" onClick={() => retry()}>
          Try again
        </button>
      )}
    </div>
  );
}

/** What the page shows of an answer: it, that it is on its way, or what went wrong. */
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
