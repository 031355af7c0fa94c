import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { cidOfUri } from "../../sdk/content.ts";
import type { SeasonMetadata } from "../../sdk/seasonMetadata.ts";
import { server } from "../prefix.ts";

/** What a season's uri says of it, as far as the page's server serves it; asks nothing where the uri addresses no content. */
export function useMetadata(uri: string | null): UseQueryResult<SeasonMetadata, Error> {
  const cid = cidOfUri(uri);
  return useQuery({
    queryKey: ["metadata", cid],
    queryFn: async () => (await import("./fetch.ts")).fetchMetadata(server(), cid as string),
    enabled: cid !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}
