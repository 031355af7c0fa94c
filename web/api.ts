import {
  type InfiniteData,
  keepPreviousData,
  QueryClient,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
} from "@tanstack/react-query";
import type { Address, Hex } from "viem";
import { ApiError, fetchApi } from "../sdk/api.ts";
import type {
  AccountAnswer,
  AccountProfileAnswer,
  AttestationAnswer,
  AttestationStatus,
  AttestationsPage,
  AvailabilityAnswer,
  DeploymentAnswer,
  InferenceRequestAnswer,
  InferenceRequestsPage,
  ModelAnswer,
  ModelsPage,
  ReceiptsPage,
  RequestState,
  SeasonAnswer,
  Seasons,
} from "../sdk/wire.ts";
import { nowInSeconds } from "./clock.ts";
import { server } from "./prefix.ts";
import { untilNews } from "./seasons/turn.ts";

// Every answer is kept under its path, and requested again when an event of the stream changes it: see feed.ts.

const REFUSED = 400;
const SERVER_FAILED = 500;

/** All answers of the API that the page holds. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // A server on this machine can be reached without any network.
      networkMode: "always",
      staleTime: 30_000,
      retry: (failures, error) => failures < 2 && !isFinal(error),
      retryDelay: 1_000,
    },
  },
});

/** Whether the server would refuse the same request again. */
const isFinal = (error: Error): boolean =>
  error instanceof ApiError &&
  error.status !== undefined &&
  error.status >= REFUSED &&
  error.status < SERVER_FAILED &&
  error.status !== 429;

/** Whether an error says that the server can't be reached at all. */
export const isUnreachable = (error: Error | null): boolean => error instanceof ApiError && error.status === undefined;

/** Fetches a route of the API that served the page. */
export const ask = <T>(path: string, signal?: AbortSignal): Promise<T> => fetchApi<T>(server(), path, signal);

/**
 * The answer of a route; asks nothing while `path` is undefined. The last answer is shown while the next is awaited.
 *
 * @param again Seconds after which an answer is requested again, besides when the stream changes it.
 */
export const useAnswer = <T>(path: string | undefined, again?: (answer: T) => number): UseQueryResult<T, Error> =>
  useQuery<T, Error>({
    queryKey: [path],
    queryFn: ({ signal }) => ask<T>(path as string, signal),
    enabled: path !== undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => again !== undefined && data !== undefined && again(data) * 1_000,
  });

/**
 * The pages of a list that goes on by cursor, each asked anew from the first on when one is. `onwards` is the path of
 * later pages where it isn't that of the first.
 */
export const usePages = <T extends { next: string | null }>(
  path: string,
  onwards = path,
): UseInfiniteQueryResult<InfiniteData<T>, Error> =>
  useInfiniteQuery({
    queryKey: [path],
    queryFn: ({ pageParam, signal }) => ask<T>(pageParam === null ? path : withCursor(onwards, pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });

const withCursor = (path: string, cursor: string): string =>
  `${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}`;

/** A path with the parameters that have a value. */
export function withQuery(path: string, parameters: Record<string, string | number | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? path : `${path}?${query}`;
}

export const useSeasons = () => useAnswer<Seasons>("/v1/seasons", ({ items }) => untilNews(items, nowInSeconds()));

export const useSeason = (seasonId: string | undefined) =>
  useAnswer<SeasonAnswer>(
    seasonId === undefined ? undefined : `/v1/seasons/${encodeURIComponent(seasonId)}`,
    ({ item }) => untilNews([item], nowInSeconds()),
  );

export const useAccount = (account: Address) => useAnswer<AccountAnswer>(`/v1/accounts/${account}`);

export const useProfile = (account: Address) => useAnswer<AccountProfileAnswer>(`/v1/profiles/${account}`);

export const useReceipts = (account: Address, filter: { season?: string; status?: AttestationStatus }) =>
  usePages<ReceiptsPage>(withQuery(`/v1/accounts/${account}/receipts`, filter));

export const useAttestation = (uid: Hex) => useAnswer<AttestationAnswer>(`/v1/attestations/${uid}`);

export const useAttestations = (filter: { prover?: Address; model?: Hex; status?: AttestationStatus }) =>
  usePages<AttestationsPage>(withQuery("/v1/attestations", filter));

export const useRequest = (requestId: Hex) => useAnswer<InferenceRequestAnswer>(`/v1/requests/${requestId}`);

export const useRequests = (filter: {
  state?: RequestState;
  model?: Hex;
  requester?: Address;
  prover?: Address;
  beneficiary?: Address;
}) => usePages<InferenceRequestsPage>(withQuery("/v1/requests", filter));

export const useModels = () => usePages<ModelsPage>("/v1/models");

export const useModel = (modelId: Hex) => useAnswer<ModelAnswer>(`/v1/models/${modelId}`);

export const useAvailability = (modelId: Hex) => useAnswer<AvailabilityAnswer>(`/v1/models/${modelId}/availability`);

export const useDeployment = () => useAnswer<DeploymentAnswer>("/v1/deployment");
