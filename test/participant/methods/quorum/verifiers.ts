import { runJobs } from "../../../../participant/jobs.ts";
import type { Tools } from "../../../../participant/methods/method.ts";
import { createVerifier } from "../../../../participant/methods/quorum/verifier.ts";
import { contractOf } from "../../../../sdk/client.ts";
import { quorum } from "../../../../sdk/methods/quorum.ts";
import type { Site } from "../../chain.ts";

/** Accounts of {@link startVerifiers}: as few as Quorum takes. */
const VERIFIERS = [2, 3, 4];

/**
 * Lets accounts 2, 3 and 4 verify, with something in another's place, until the site ends or the returned function is
 * called. Waits until all are members as of a block before.
 */
export async function startVerifiers(
  site: Site,
  changed: Partial<Tools> = {},
  senderOf: Site["senderOf"] = site.senderOf,
): Promise<() => void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([site.signal, stop.signal]);
  const verifiers = VERIFIERS.map((n) => createVerifier({ ...site, ...changed, sender: senderOf(n) }));
  runJobs(site.follower, verifiers, { signal, report: site.report }).catch((error: Error) =>
    site.report(`Fatal: ${error.message}`),
  );
  await untilAllAreMembers(site);
  return () => stop.abort();
}

/** Waits until all of {@link startVerifiers}' accounts are members as of a block before. */
export async function untilAllAreMembers({ client, follower }: Site): Promise<void> {
  const members = { ...contractOf(client, quorum), functionName: "memberCount" } as const;
  while ((await client.rpc.readContract(members)) < BigInt(VERIFIERS.length)) await follower.heads.next();
  await follower.heads.next();
}
