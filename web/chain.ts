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
 * What the page itself reads from the chain, once it has shown what it is about; asks nothing without an RPC, or while `name`
 * is undefined. An error is a sentence.
 *
 * @param name Under which the answer is kept: all that `read` depends on.
 */
export function useChain<T>(name: string | undefined, read: (client: Client) => Promise<T>): UseQueryResult<T, Error> {
  const reachable = useReachable();
  return useQuery<T, Error>({
    queryKey: [`chain/${name}`],
    queryFn: async () => {
      await idle();
      try {
        return await read(await openChain(reachable as Reachable));
      } catch (cause) {
        throw await said(cause as Error);
      }
    },
    enabled: name !== undefined && Boolean(reachable),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** Waits until the browser has nothing better to do. */
const idle = (): Promise<void> =>
  new Promise((wake) => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(() => wake(), { timeout: 1_000 });
    else setTimeout(wake, 100);
  });

/** An error of a library in a sentence; one of ours as it is. */
async function said(error: Error): Promise<Error> {
  const { sentenceOf } = await load(() => import("../sdk/errors.ts"));
  const sentence = sentenceOf(error);
  return sentence === error.message ? error : new Error(sentence, { cause: error });
}
