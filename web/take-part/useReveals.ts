import { useQueries, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Hex } from "viem";
import { RevertError } from "../../sdk/errors.ts";
import type { Attestation, AttestationAnswer } from "../../sdk/wire.ts";
import { ask } from "../api.ts";
import { announce } from "../components/live.tsx";
import { short } from "../format.ts";
import { dutyOf } from "./follow.ts";
import { takePartOf } from "./methods/index.ts";
import { reveal, type Tools } from "./prove.ts";
import { walletSentence } from "./wallet.ts";

const LOOK_AGAIN = 2_000;

/** Follows the account's attestations that are under way, and opens each answer when its time has come. */
export function useReveals(
  tools: Tools,
  uids: readonly Hex[],
): { attestations: Attestation[]; failure: string | undefined } {
  const [failure, setFailure] = useState<string>();
  const revealing = useRef(new Set<Hex>());
  const attestations = useQueries({
    queries: uids.map((uid) => ({
      queryKey: [`/v1/attestations/${uid}`],
      queryFn: () => ask<AttestationAnswer>(`/v1/attestations/${uid}`),
      refetchInterval: LOOK_AGAIN,
    })),
  }).flatMap(({ data }) => (data ? [data.item] : []));
  const now = useQuery({
    queryKey: ["time of the chain"],
    queryFn: async () => Number((await tools.client.rpc.getBlock()).timestamp),
    refetchInterval: LOOK_AGAIN,
    enabled: uids.length > 0,
  }).data;

  useEffect(() => {
    if (now === undefined) return;
    for (const attestation of attestations) {
      const { uid, method } = attestation;
      if (dutyOf(attestation, now) !== "reveal" || revealing.current.has(uid)) continue;
      revealing.current.add(uid);
      const takePart = takePartOf(method.id);
      if (takePart?.form === "hidden") announce(takePart.opening);
      reveal(tools, uid).then(
        () => setFailure(undefined),
        (error: unknown) => {
          setFailure(`The answer to ${short(uid)} was not opened: ${walletSentence(error)}`);
          // A contract would refuse again; a node or a wallet may succeed next time.
          if (!(error instanceof RevertError)) setTimeout(() => revealing.current.delete(uid), LOOK_AGAIN);
        },
      );
    }
  }, [tools, attestations, now]);
  return { attestations, failure };
}
