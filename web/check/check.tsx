import { type FormEvent, useState } from "react";
import { methodById } from "../../sdk/methods/index.ts";
import type { Attestation } from "../../sdk/wire.ts";
import { useDeployment } from "../api.ts";
import type { Reachable } from "../chain.ts";
import { Answered, Loaded } from "../components/states.tsx";
import { plural } from "../format.ts";
import { part } from "../part.ts";
import { openAhead, placeOf } from "../runs/kept.ts";
import { Checks } from "./checks.tsx";
import { disagreements } from "./disagreement.ts";
import type { Found } from "./messages.ts";
import { type Progress, useCheck } from "./useCheck.ts";
import { verdictSentence } from "./verdict.ts";
import "./check.css";

/** Lets the visitor's own browser check an attestation: the chain is read by RPC, the model fetched by its hash and run. */
export function CheckHere({ attestation }: { attestation: Attestation }) {
  const deployment = useDeployment();
  return (
    <section aria-labelledby="check-heading" className="check-here">
      <h2 id="check-heading">Check it here</h2>
      <Answered query={deployment} what="where the contracts stand">
        {(found) =>
          found.rpcUrl === null ? (
            <p className="state">
              Can't be checked: this server names no RPC that a browser may use, so the chain can't be read from here.
            </p>
          ) : (
            <Checker attestation={attestation} reachable={{ ...found, rpcUrl: found.rpcUrl }} />
          )
        }
      </Answered>
    </section>
  );
}

const Writing = part(async () => ({ default: (await import("../write/written.tsx")).Writing }));

interface CheckerProps {
  attestation: Attestation;
  reachable: Reachable;
}

function Checker({ attestation, reachable }: CheckerProps) {
  const { uid, root, count } = attestation;
  const { progress, start, Recomputed } = useCheck();
  const [unit, setUnit] = useState(() => firstUnitToShow(attestation));
  const isBatch = root !== null;
  const isWhole = isBatch && unit === "";
  const place = placeOf(reachable, attestation.modelId);
  const open = () => isWhole || openAhead(place);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    open();
    start(place, { uid, unit: isBatch && !isWhole ? BigInt(unit) : undefined });
  };
  return (
    <>
      <p>
        Your browser reads the attestation from the chain at <code>{reachable.rpcUrl}</code>, fetches the model by its
        hash from this server, runs it on the pinned runtime (14 MB, loaded only for this) and compares. You don't have
        to trust this server.
      </p>
      <Limits attestation={attestation} />
      <form onSubmit={submit} className="controls">
        {isBatch && <UnitChoice attestation={attestation} unit={unit} setUnit={setUnit} />}
        <button
          type="submit"
          className="primary"
          disabled={progress.phase === "running"}
          onPointerEnter={open}
          onFocus={open}
        >
          {isWhole ? `Recompute all ${plural(count, "unit")}` : "Check it here"}
        </button>
      </form>
      {progress.phase !== "idle" && (
        <Checks checks={progress.checks} doing={progress.phase === "running" ? progress.doing : undefined} />
      )}
      {progress.phase === "running" && progress.written.length > 0 && (
        <Loaded what="the text that is written">
          <Writing bytes={progress.written} />
        </Loaded>
      )}
      <Outcome progress={progress} />
      {progress.phase === "done" && <Contradictions attestation={attestation} found={progress.found} />}
      {progress.phase === "done" && Recomputed && <Recomputed found={progress.found} />}
    </>
  );
}

/** The unit that a step names, as one does of a batch that was refuted by a unit; else the first one. */
function firstUnitToShow({ steps, unit }: Attestation): string {
  for (const step of steps) if ("unit" in step && step.unit !== null) return step.unit;
  return unit?.unit ?? "";
}

function UnitChoice({
  attestation: { unit: first, count },
  unit,
  setUnit,
}: {
  attestation: Attestation;
  unit: string;
  setUnit: (unit: string) => void;
}) {
  const from = Number(first?.unit ?? 0);
  const last = from + count - 1;
  return (
    <>
      <label>
        <input type="radio" name="what" checked={unit !== ""} onChange={() => setUnit(String(from))} /> One unit,{" "}
      </label>
      <label>
        number{" "}
        <input
          type="number"
          required={unit !== ""}
          min={from}
          max={last}
          value={unit}
          placeholder={`${from}–${last}`}
          onChange={({ target }) => setUnit(target.value)}
        />
      </label>
      <label>
        <input type="radio" name="what" checked={unit === ""} onChange={() => setUnit("")} /> All{" "}
        {plural(count, "unit")}, by plain arithmetic
      </label>
    </>
  );
}

/** The part of the method that can't be checked by running the model. */
function Limits({ attestation: { method } }: { attestation: Attestation }) {
  if (method.id === 0 || methodById(method.id)) return null;
  return (
    <p className="state">
      This page can't check {method.name} here: it runs the model and compares the answer, but it doesn't verify what{" "}
      {method.name} verified.
    </p>
  );
}

function Outcome({ progress }: { progress: Progress }) {
  const [kind, text] =
    progress.phase === "done"
      ? [progress.found.verdict.kind, verdictSentence(progress.found.verdict)]
      : progress.phase === "failed"
        ? ["unknown", `Can't be checked: ${progress.message}`]
        : ["none", progress.phase === "running" ? `${progress.doing} …` : ""];
  return (
    <div role="status" className={kind === "none" ? "unseen" : `verdict verdict-${kind}`}>
      {text}
    </div>
  );
}

function Contradictions({ attestation, found }: { attestation: Attestation; found: Found }) {
  const lies = disagreements(attestation, found.recorded);
  if (lies.length === 0) return null;
  return (
    <div role="alert" className="verdict verdict-differs">
      This server contradicts the chain. {lies.join(" ")}
    </div>
  );
}
