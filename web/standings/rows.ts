import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Address } from "viem";
import type { Profile, ProfilesAnswer, SearchAnswer, Standing, StandingAnswer, StandingsPage } from "../../sdk/wire.ts";
import { ask, useAnswer, usePages, withQuery } from "../api.ts";
import type { Sorting, View } from "./view.ts";

/** Rows asked for at once. */
export const PAGE = 50;

const route = (seasonId: string) => `/v1/seasons/${seasonId}`;

/** The ranking from a place on. */
export function useStandings(seasonId: string, place: number) {
  const onwards = withQuery(`${route(seasonId)}/standings`, { limit: PAGE });
  return usePages<StandingsPage>(place === 1 ? onwards : `${onwards}&place=${place}`, onwards);
}

/** Accounts whose address or name starts as is sought; nothing is asked where neither is. */
export const useSearched = (seasonId: string, { prefix, name }: Pick<View, "prefix" | "name">) =>
  useAnswer<SearchAnswer>(
    prefix === undefined && name === undefined ? undefined : withQuery(`${route(seasonId)}/search`, { prefix, name }),
  );

/** An account's standing; an error of status 404 where it has none. */
export const useStanding = (seasonId: string, account: Address | undefined) =>
  useAnswer<StandingAnswer>(account === undefined ? undefined : `${route(seasonId)}/standings/${account}?around=0`);

/** The standings of several pages, an account that moved between two of them only once. */
export function rowsOf(pages: readonly Pick<StandingsPage, "items">[]): Standing[] {
  const rows = new Map<Address, Standing>();
  for (const { items } of pages) for (const item of items) rows.set(item.account, item);
  return [...rows.values()].sort((a, b) => a.place - b.place);
}

/** Rows in another order than the ranking's, which decides between equal ones. */
export function sorted(rows: readonly Standing[], sorting: Sorting | undefined): readonly Standing[] {
  if (sorting === undefined) return rows;
  const { column, descending } = sorting;
  return rows.toSorted((a, b) => (descending ? b[column] - a[column] : a[column] - b[column]) || a.place - b.place);
}

const ACCOUNTS_AT_ONCE = 50;

/** Points by reason and ranks at the end of earlier epochs of the accounts in rows, as far as they are there by now. */
export function useProfiles(
  seasonId: string,
  rows: readonly Standing[],
): {
  answers: ProfilesAnswer[];
  profiles: ReadonlyMap<Address, Profile>;
} {
  const paths = useMemo(() => pathsOf(seasonId, rows), [seasonId, rows]);
  return useQueries({
    queries: paths.map((path) => ({
      queryKey: [path],
      queryFn: ({ signal }: { signal: AbortSignal }) => ask<ProfilesAnswer>(path, signal),
    })),
    combine: combineProfiles,
  });
}

function pathsOf(seasonId: string, rows: readonly Standing[]): string[] {
  const paths: string[] = [];
  for (let i = 0; i < rows.length; i += ACCOUNTS_AT_ONCE) {
    // Sorted, so that two accounts that change places don't make another request.
    const accounts = rows.slice(i, i + ACCOUNTS_AT_ONCE).map(({ account }) => account);
    paths.push(
      `${route(seasonId)}/profiles?${accounts
        .sort()
        .map((account) => `account=${account}`)
        .join("&")}`,
    );
  }
  return paths;
}

function combineProfiles(results: readonly { data: ProfilesAnswer | undefined }[]) {
  const answers = results.flatMap(({ data }) => data ?? []);
  const profiles = new Map(answers.flatMap(({ items }) => items.map((item) => [item.account, item] as const)));
  return { answers, profiles };
}

/** How many ranks an account has risen since the last epoch ended; undefined where it had none then. */
export function riseOf(profile: Profile | undefined, rank: number): number | undefined {
  const before = profile?.history.at(-1);
  return before ? before.rank - rank : undefined;
}
