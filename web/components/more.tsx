import type { UseInfiniteQueryResult } from "@tanstack/react-query";

/** Loads the next page of a list. */
export function More({
  query: { hasNextPage, isFetchingNextPage, fetchNextPage },
  what,
}: {
  query: Pick<UseInfiniteQueryResult, "hasNextPage" | "isFetchingNextPage" | "fetchNextPage">;
  what: string;
}) {
  if (!hasNextPage) return null;
  return (
    <p className="more">
      <button type="button" disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
        {isFetchingNextPage ? `Loading more ${what} …` : `More ${what}`}
      </button>
    </p>
  );
}
