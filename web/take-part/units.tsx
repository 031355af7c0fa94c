import { useState } from "react";
import { Link } from "wouter";
import { sentenceOf } from "../../sdk/errors.ts";
import type { AttestationSummary, Season } from "../../sdk/wire.ts";
import { cardOf } from "../cards/known.ts";
import { Seen } from "../check/seen.tsx";
import { announce } from "../components/live.tsx";
import { Empty } from "../components/states.tsx";
import { group, plural, short } from "../format.ts";
import { webMethodOf } from "../methods/index.ts";
import { commitDraft, type Draft, draftUnit, type Tools } from "./prove.ts";
import { type AssignedUnit, assignedUnits, type OpenTask, openTasks } from "./units.ts";

const SHOWN = 6;

/** The units that are assigned to the account, and the one that is being worked on. */
export function Units({
  season,
  tools,
  attestations,
  isAll,
  onCommitted,
}: {
  season: Season;
  tools: Tools;
  attestations: readonly AttestationSummary[];
  /** They are all that the account made. */
  isAll: boolean;
  onCommitted: () => unknown;
}) {
  const [draft, setDraft] = useState<Draft>();
  const [doing, setDoing] = useState<string>();
  const [failure, setFailure] = useState<string>();

  const attempt = async (first: string, work: () => Promise<unknown>) => {
    setDoing(first);
    setFailure(undefined);
    announce(first);
    try {
      await work();
    } catch (error) {
      setFailure(sentenceOf(error));
    } finally {
      setDoing(undefined);
    }
  };
  const run = (taskId: string, unit: number) =>
    attempt(`Running the model on unit ${unit} of task ${taskId} …`, async () => {
      setDraft(undefined);
      setDraft(await draftUnit(tools, BigInt(season.seasonId), taskId, unit));
      announce("The model has run. Attest to its answer, or discard it.");
    });
  const attest = ({ uid, method }: Draft) =>
    attempt("Attesting …", async () => {
      await commitDraft(tools, uid, setDoing);
      setDraft(undefined);
      announce(webMethodOf(method)?.takePart?.spoken.committed ?? "Committed.");
      onCommitted();
    });

  const tasks = openTasks(season);
  if (tasks.length === 0) return <Empty>Season {season.seasonId} has no task that a browser can work on.</Empty>;
  return (
    <>
      {[...new Set(tasks.map(({ takePart }) => takePart.how))].map((how) => (
        <p key={how}>{how}</p>
      ))}
      {failure && <p role="alert">{failure}</p>}
      {doing && <p aria-busy="true">{doing}</p>}
      {draft && (
        <section className="card" aria-labelledby="draft-heading">
          <h3 id="draft-heading">
            Unit {draft.unit} of task {draft.taskId} was run here
          </h3>
          <Seen modelId={draft.modelId} input={draft.input} output={draft.output} />
          <p>
            <button type="button" disabled={doing !== undefined} onClick={() => attest(draft)}>
              Attest to this answer
            </button>
          </p>
        </section>
      )}
      {tasks.map((open) => (
        <TaskUnits
          key={open.task.taskId}
          task={open.task}
          units={assignedUnits(season.seasonId, open, attestations, { limit: SHOWN, isAll })}
          busy={doing !== undefined}
          onRun={run}
        />
      ))}
    </>
  );
}

function TaskUnits({
  task,
  units,
  busy,
  onRun,
}: {
  task: OpenTask["task"];
  units: AssignedUnit[];
  busy: boolean;
  onRun: (taskId: string, unit: number) => void;
}) {
  const { taskId, modelId, points, unitsPerAccount } = task;
  return (
    <div className="scroll">
      <table>
        <caption>
          Task {taskId}: model {cardOf(modelId)?.name ?? short(modelId)}, {plural(points, "point")} a verified unit,{" "}
          {plural(unitsPerAccount, "unit")}
        </caption>
        <thead>
          <tr>
            <th scope="col">Unit</th>
            <th scope="col">State</th>
            <th scope="col">What to do</th>
          </tr>
        </thead>
        <tbody>
          {units.map(({ unit, state, uid }) => (
            <tr key={unit}>
              <th scope="row">{group(unit)}</th>
              <td>{words[state]}</td>
              <td>
                {state === "free" && (
                  <button type="button" disabled={busy} onClick={() => onRun(taskId, unit)}>
                    Run unit {unit} here
                  </button>
                )}
                {state !== "free" && uid && <Link href={`/attestations/${uid}`}>See the attestation</Link>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const words: Readonly<Record<AssignedUnit["state"], string>> = {
  free: "assigned to you",
  pending: "under way",
  verified: "verified",
  refuted: "refuted",
  spent: "tried too often",
};
