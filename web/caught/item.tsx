import { useQuery } from "@tanstack/react-query";
import { Fragment, useRef, useState } from "react";
import { formatEther } from "viem";
import { Link } from "wouter";
import type { Attestation, AttestationAnswer, AttestationSummary } from "../../sdk/wire.ts";
import { useAnswer, useDeployment } from "../api.ts";
import { cardOf } from "../cards/known.ts";
import { Account } from "../components/account.tsx";
import { Text } from "../components/sentence.tsx";
import { Answered, Loading } from "../components/states.tsx";
import { Time } from "../components/time.tsx";
import { plural, short } from "../format.ts";
import { load } from "../part.ts";
import { storyOf } from "./story.ts";
import { useSeen } from "./useSeen.ts";

/** One refutation: who attested to what, who found it, what it cost. The rest is asked for when it comes into view. */
export function Caught({ summary }: { summary: AttestationSummary }) {
  const { uid, prover, modelId, unit, count, settled, attested } = summary;
  const element = useRef<HTMLLIElement>(null);
  const seen = useSeen(element);
  const attestation = useAnswer<AttestationAnswer>(seen ? `/v1/attestations/${uid}` : undefined);
  const season = unit && { season: unit.seasonId };
  return (
    <li ref={element} className="card caught">
      <h2>
        <Account address={prover} copy={false} {...season} /> was refuted <Time at={(settled ?? attested).timestamp} />
      </h2>
      <p>
        It attested to {count === 1 ? "a unit" : plural(count, "unit")}
        {unit && ` of task ${unit.taskId}, season ${unit.seasonId}`} with model{" "}
        {cardOf(modelId)?.name ?? short(modelId)}, under {summary.method.name}:{" "}
        <Link href={`/attestations/${uid}`} className="nowrap">
          attestation {short(uid)}
        </Link>
        .
      </p>
      {seen ? (
        <Answered query={attestation} what="how it was found">
          {({ item }) => <Refutation attestation={item} />}
        </Answered>
      ) : (
        <Loading what="how it was found" />
      )}
    </li>
  );
}

function Refutation({ attestation }: { attestation: Attestation }) {
  const { by, evidence, burned, also } = storyOf(attestation);
  const season = attestation.unit?.seasonId;
  return (
    <>
      <dl>
        <dt>Found by</dt>
        <dd>
          <Text sentence={by} season={season} />
        </dd>
        <dt>Proof</dt>
        <dd>
          <Text sentence={evidence} season={season} />
        </dd>
        <dt>Points</dt>
        <dd>
          {burned === 0n ? (
            noneBurned(attestation)
          ) : (
            <>
              <strong>{plural(burned, "point")}</strong> burned
            </>
          )}
        </dd>
        {also.map(({ title, text }) => (
          <Fragment key={title}>
            <dt>{title}</dt>
            <dd>
              <Text sentence={text} season={season} />
            </dd>
          </Fragment>
        ))}
      </dl>
      {attestation.settled && <Bond attestation={attestation} />}
    </>
  );
}

const noneBurned = ({ counts }: Attestation): string =>
  counts
    ? "none so far: nobody asked for the penalty yet, or the account had none and pays it from what it earns"
    : "none: the attestation is not for a task as a season's rules ask";

function Bond({ attestation: { uid, prover, settled } }: { attestation: Attestation }) {
  const [open, setOpen] = useState(false);
  const deployment = useDeployment().data;
  const rpcUrl = deployment?.rpcUrl ?? undefined;
  const loss = useQuery({
    queryKey: ["bond", uid, settled?.transactionHash],
    queryFn: async () => {
      const { readLoss } = await load(() => import("./bond.ts"));
      return readLoss(deployment, rpcUrl as string, prover, settled as NonNullable<typeof settled>);
    },
    enabled: open && rpcUrl !== undefined && settled !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>What it cost the bond</summary>
      {open && rpcUrl === undefined ? (
        <p>This server names no RPC that a browser may use, so the transaction can't be read from here.</p>
      ) : (
        <Answered query={loss} what="the transaction from the chain">
          {({ paid, burned }) => (
            <ul>
              {paid.map(({ to, amount }) => (
                <li key={to}>
                  <strong>{formatEther(amount)} ETH</strong> paid to <Account address={to} copy={false} />
                </li>
              ))}
              {burned > 0n && (
                <li>
                  <strong>{formatEther(burned)} ETH</strong> burned
                </li>
              )}
              {paid.length === 0 && burned === 0n && <li>nothing</li>}
            </ul>
          )}
        </Answered>
      )}
    </details>
  );
}
