import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { Readiness } from "../sdk/wire.ts";
import { ask, isUnreachable } from "./api.ts";
import { useFeed } from "./feed.ts";

const LOOK = 5_000;

/** Whether the server is up to date; looks again and again. */
export const useReadiness = (): UseQueryResult<Readiness, Error> =>
  useQuery<Readiness, Error>({
    queryKey: ["readyz"],
    queryFn: ({ signal }) => ask<Readiness>("/readyz", signal),
    refetchInterval: LOOK,
    refetchOnReconnect: "always",
    retry: false,
  });

/** Whether the server can't be reached: by the stream, or by asking. */
export function useAway(): boolean {
  const { mode } = useFeed();
  const { error } = useReadiness();
  return mode === "offline" || isUnreachable(error);
}
