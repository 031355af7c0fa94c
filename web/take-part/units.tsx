import { type FormEvent, useState } from "react";
import { Link } from "wouter";
import type { AttestationSummary, Season } from "../../sdk/wire.ts";
import { cardOf } from "../cards/known.ts";
import { announce } from "../components/live.tsx";
import { Empty } from "../components/states.tsx";
import { group, plural, short } from "../format.ts";
import { DraftCard } from "./draft.tsx";
import { type Draft, draftUnits, type Tools, type Units as UnitRange } from "./prove.ts";
import {
  type AssignedUnit,
  assignedUnits,
  type FreeUnits,
  freeUnits,
  type OpenTask,
  openTasks,
  unitsNamed,
} from "./units.ts";
import { walletSentence } from "./wallet.ts";

const SHOWN = 6;
/** Most units that are offered for one attestation; the model may allow fewer. */
const MOST_AT_ONCE = 256;
const USUAL_AT_ONCE = 16;

/** The units that are assigned to the account, and those that are being worked on. */
export function Units({
  season,
  tools,
  attestations,
  isAll,
  onAttested,
}: {
  season: Season;
  tools: Tools;
  attestations: readonly AttestationSummary[];
  /** They are all that the account made. */
  isAll: boolean;
  onAttested: () => unknown;
}) {
  const [draft, setDraft] = useState<Draft>();
  const [doing, setDoing] = useState<string>();
  const [failure, setFailure] = useState<string>();
  const { seasonId } = season;

  const run = async (units: UnitRange) => {
    const said = `Running the model on ${unitsNamed(units.first, units.count)} of task ${units.taskId} …`;
    setDraft(undefined);
    setFailure(undefined);
    setDoing(said);
    announce(said);
    try {
      setDraft(await draftUnits(tools, BigInt(seasonId), units));
      announce("The model has run. Attest to what came out, or discard it.");
    } catch (error) {
      setFailure(walletSentence(error));
    } finally {
      setDoing(undefined);
    }
  };

  const tasks = openTasks(season);
  if (tasks.length === 0) return <Empty>Season {seasonId} has no task that a browser can work on.</Empty>;
  const busy = doing !== undefined;
  return (
    <>
      {failure && <p role="alert">{failure}</p>}
      {doing && <p aria-busy="true">{doing}</p>}
      {draft && (
        <DraftCard
          key={draft.attest.data}
          {...{ draft, tools }}
          onDiscard={() => setDraft(undefined)}
          onAttested={() => {
            setDraft(undefined);
            onAttested();
          }}
        />
      )}
      {tasks.map((open) => (
        <section key={open.task.taskId} aria-labelledby={`task-${open.task.taskId}`}>
          <TaskHeading task={open.task} />
          <p>{open.takePart.how}</p>
          {open.takePart.form === "batch" ? (
            <Batch
              task={open.task}
              free={freeUnits(seasonId, open.task, attestations, isAll)}
              busy={busy}
              onRun={run}
            />
          ) : (
            <TaskUnits
              task={open.task}
              units={assignedUnits(seasonId, open, attestations, { limit: SHOWN, isAll })}
              busy={busy}
              onRun={run}
            />
          )}
        </section>
      ))}
    </>
  );
}

type Task = OpenTask["task"];

const TaskHeading = ({ task: { taskId, modelId, method, points, unitsPerAccount } }: { task: Task }) => (
  <h3 id={`task-${taskId}`}>
    Task {taskId}: model {cardOf(modelId)?.name ?? short(modelId)} under {method.name}, {plural(points, "point")} a
    verified unit, {plural(unitsPerAccount, "unit")}
  </h3>
);

/** The units that come next, and how many of them to attest at once. */
function Batch({
  task: { taskId },
  free,
  busy,
  onRun,
}: {
  task: Task;
  free: FreeUnits | undefined;
  busy: boolean;
  onRun: (units: UnitRange) => void;
}) {
  if (free === undefined) return <Empty>You have attested all units of task {taskId}.</Empty>;
  const { first } = free;
  const most = Math.min(free.count, MOST_AT_ONCE);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const count = Number(new FormData(event.currentTarget).get("count"));
    if (count >= 1 && count <= most) onRun({ taskId, first, count });
  };
  return (
    <form className="controls" onSubmit={submit} key={first}>
      <label>
        How many, from unit {group(first)} on{" "}
        <input type="number" name="count" min={1} max={most} defaultValue={Math.min(most, USUAL_AT_ONCE)} required />
      </label>{" "}
      <button type="submit" disabled={busy}>
        Run them here
      </button>{" "}
      <span className="muted">at most {group(most)} at once</span>
    </form>
  );
}

function TaskUnits({
  task: { taskId },
  units,
  busy,
  onRun,
}: {
  task: Task;
  units: AssignedUnit[];
  busy: boolean;
  onRun: (units: UnitRange) => void;
}) {
  return (
    <div className="scroll">
      <table>
        <caption>Task {taskId}: your units</caption>
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
                  <button type="button" disabled={busy} onClick={() => onRun({ taskId, first: unit, count: 1 })}>
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
