import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Seen } from "../check/seen.tsx";
import { announce } from "../components/live.tsx";
import { Answered } from "../components/states.tsx";
import { plural } from "../format.ts";
import { aboutEther, ether } from "./ether.ts";
import { takePartOf } from "./methods/index.ts";
import { type Draft, type NextStep, nextStep, type Tools } from "./prove.ts";
import { unitsNamed } from "./units.ts";
import { useSending } from "./useSending.ts";

/** Seconds after which fee and deposit are read again. */
const AGAIN = 15;

/** Units that were run here: what came out, what attesting takes, and the next transaction on the way to it. */
export function DraftCard({
  draft,
  tools,
  onAttested,
  onDiscard,
}: {
  draft: Draft;
  tools: Tools;
  onAttested: () => void;
  onDiscard: () => void;
}) {
  const { taskId, first, count, modelId, method, input, output, attest } = draft;
  const next = useQuery({
    queryKey: ["what attesting takes", tools.wallet.account, attest.data],
    queryFn: () => nextStep(tools, draft),
    refetchInterval: AGAIN * 1_000,
    retry: false,
    gcTime: 0,
  });
  const sending = useSending(tools);
  const heading = useRef<HTMLHeadingElement>(null);
  // It may stand far above the button that made it.
  useEffect(() => heading.current?.focus(), []);
  const go = async ({ call, missing }: NextStep) => {
    const isSent = await sending.send(call, missing > 0n ? "Depositing …" : "Attesting …");
    if (!isSent || missing > 0n) return void next.refetch();
    announce(takePartOf(method)?.recorded ?? "Recorded.");
    onAttested();
  };
  const units = unitsNamed(first, count);
  return (
    <section className="card" aria-labelledby="draft-heading">
      <h3 id="draft-heading" ref={heading} tabIndex={-1}>
        {units[0]?.toUpperCase() + units.slice(1)} of task {taskId} {count === 1 ? "was" : "were"} run here
      </h3>
      {count > 1 && <p>This is the first of {plural(count, "run")}; all go into one attestation.</p>}
      <Seen modelId={modelId} input={input} output={output} />
      <Answered query={next} what="what it takes">
        {(step) => (
          <>
            <Cost step={step} count={count} />
            <p className="controls">
              <button
                type="button"
                className="primary"
                disabled={sending.doing !== undefined || step.lacking > 0n}
                onClick={() => go(step)}
              >
                {step.missing > 0n
                  ? `Deposit ${ether(step.missing)}`
                  : `Attest to ${count === 1 ? "this answer" : `these ${count} answers`}`}
              </button>
              <button type="button" disabled={sending.doing !== undefined} onClick={onDiscard}>
                Discard
              </button>
            </p>
          </>
        )}
      </Answered>
      {sending.doing && <p aria-busy="true">{sending.doing}</p>}
      {sending.failure && <p role="alert">{sending.failure}</p>}
    </section>
  );
}

function Cost({ step, count }: { step: NextStep; count: number }) {
  const { locked, fees, free, missing, fee, lacking } = step;
  return (
    <>
      <dl>
        <dt>Bond{count > 1 && ` for ${plural(count, "unit")}`}</dt>
        <dd>
          {ether(locked)}, locked until it is settled
          {fees === 0n
            ? ", and free again if you are right"
            : `: ${ether(fees)} of it pays those who check, the rest is free again if you are right`}
        </dd>
        <dt>Your deposit</dt>
        <dd>
          {ether(free)} is free there;{" "}
          {missing > 0n ? `${ether(missing)} is missing, and deposited first` : "that is enough"}
        </dd>
        <dt>The network's fee</dt>
        <dd>
          {fee === undefined
            ? "not known while the account has too little"
            : `at most about ${aboutEther(fee)} for ${missing > 0n ? "the deposit; attesting has its own" : "the attestation"}`}
        </dd>
      </dl>
      {lacking > 0n && (
        <p role="alert">Your account lacks {ether(lacking)} of what the next transaction takes: nothing can be sent.</p>
      )}
    </>
  );
}
