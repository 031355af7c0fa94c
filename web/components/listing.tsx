import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { group } from "../format.ts";
import { More } from "./more.tsx";
import { Answered, Empty } from "./states.tsx";

/** A page of a list that goes on by cursor. */
interface ListPage<Item> {
  items: Item[];
  next: string | null;
}

interface ListingProps<Item> {
  query: UseInfiniteQueryResult<InfiniteData<ListPage<Item>>, Error>;
  /** What the list is of, one and several. */
  what: readonly [one: string, several: string];
  columns: readonly string[];
  /** Said where there is none. */
  empty: string;
  keyOf: (item: Item) => string;
  /** The cells of an item's row. */
  children: (item: Item) => ReactNode;
}

/** A list, newest first, as a table that grows by pages. */
export function Listing<Item>({ query, what, columns, empty, keyOf, children }: ListingProps<Item>) {
  const [one, several] = what;
  const { isPlaceholderData: isOld, hasNextPage } = query;
  return (
    <Answered query={query} what={`the ${several}`}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        // A page may be empty and still not be the last one.
        if (items.length === 0 && !hasNextPage) return <Empty>{empty}</Empty>;
        const count = items.length === 1 ? `1 ${one}` : `${group(items.length)} ${several}`;
        const shown = hasNextPage ? `The newest ${count}` : items.length === 1 ? count : `All ${count}`;
        return (
          <>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
            <section className="scroll" aria-busy={isOld} aria-label={`List of ${several}`} tabIndex={0}>
              <table>
                <caption>{shown}, newest first</caption>
                <thead>
                  <tr>
                    {columns.map((name) => (
                      <th key={name} scope="col">
                        {name}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {items.map((item) => (
                    <tr key={keyOf(item)}>{children(item)}</tr>
                  ))}
                </tbody>
              </table>
            </section>
            <More query={query} what={several} />
          </>
        );
      }}
    </Answered>
  );
}
