import { type ReactNode, Suspense } from "react";
import { isUnreachable } from "../api.ts";
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

/** A part of the page whose code is loaded when it is shown; says so where it can't be, and offers to load the page anew. */
export const Loaded = ({ what, children }: { what: string; children: ReactNode }) => (
  <Boundary failed={(error) => <Failed error={error} retry={() => location.reload()} />}>
    <Suspense fallback={<Loading what={what} />}>{children}</Suspense>
  </Boundary>
);

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
