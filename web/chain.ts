import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { Client } from "../sdk/client.ts";
import type { DeploymentAnswer } from "../sdk/wire.ts";
import { useDeployment } from "./api.ts";
import { load } from "./part.ts";

/** A deployment whose chain a browser may ask. */
export type Reachable = DeploymentAnswer & { rpcUrl: string };

/** The deployment with the RPC that this site names; undefined while it isn't known, null where the site names none. */
export function useReachable(): Reachable | null | undefined {
  const { data } = useDeployment();
  if (data === undefined) return undefined;
  return data.rpcUrl === null ? null : { ...data, rpcUrl: data.rpcUrl };
}

/** A client of the deployment; what it needs is loaded with the first one. */
export async function openChain({ rpcUrl, ...answer }: Reachable): Promise<Client> {
  const [{ connect }, { parseDeployment }] = await load(() =>
    Promise.all([import("../sdk/client.ts"), import("../sdk/deployment.ts")]),
  );
  return connect(parseDeployment(answer), rpcUrl);
}

/**
 * What the page itself reads from the chain; asks nothing without an RPC, or while `name` is undefined.
 *
 * @param name Under which the answer is kept: all that `read` depends on.
 */
export function useChain<T>(name: string | undefined, read: (client: Client) => Promise<T>): UseQueryResult<T, Error> {
  const reachable = useReachable();
  return useQuery<T, Error>({
    queryKey: [`chain/${name}`],
    queryFn: async () => read(await openChain(reachable as Reachable)),
    enabled: name !== undefined && Boolean(reachable),
    placeholderData: keepPreviousData,
    retry: false,
  });
}
