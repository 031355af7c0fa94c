import { bytesToHex, encodeFunctionData, type Hex } from "viem";
import type { Assignment } from "../../../inference/assignment.ts";
import { UnavailableError } from "../../../inference/content.ts";
import { answer, type Move, reply } from "../../../inference/methods/disputeGame/moves.ts";
import { openPlayable, type PlayableModel, passTraced } from "../../../inference/methods/disputeGame/playable.ts";
import { type Rerun, type RunOf, rerun, treeOfTraces } from "../../../inference/methods/disputeGame/rerun.ts";
import { type AttestationState, detailOf } from "../../../sdk/attestations.ts";
import { type Call, callOf } from "../../../sdk/calls.ts";
import { contractOf } from "../../../sdk/client.ts";
import { unitSeed } from "../../../sdk/commitments.ts";
import { unitOf } from "../../../sdk/contexts.ts";
import { positionOf, type Question, Stage } from "../../../sdk/dispute.ts";
import { RevertError } from "../../../sdk/errors.ts";
import { tensorHeader } from "../../../sdk/layouts.ts";
import { type ChallengeState, DisputeOutcome, disputeGame } from "../../../sdk/methods/disputeGame.ts";
import { type AssignedInput, showInput } from "../../../sdk/units.ts";
import { assignedUnit, type ChainState } from "../../chainState.ts";
import type { Job } from "../../jobs.ts";
import { TryAgainError } from "../../sender.ts";
import type { Tools } from "../method.ts";
import { keepLast } from "./kept.ts";

/** Plays the game for an account, as either side. */
export interface Player {
  /** Runs an attestation again; once for each, while others don't take its place. */
  rerun(state: ChainState, attestation: AttestationState): Promise<Rerun>;
  /** Runs it again in any case, with the model read again, and keeps that run instead. */
  rerunAnew(state: ChainState, attestation: AttestationState): Promise<Rerun>;
  /** What the prover's side has to open or show. */
  answers(state: ChainState, attestation: AttestationState): Job[];
  /** What the account's own challenges have to pick or show. */
  replies(state: ChainState, attestation: AttestationState): Job[];
}

/** Attestations whose runs are kept, and models. */
const KEPT = 4;

export interface PlayerOptions extends Pick<Tools, "client" | "sender" | "content" | "report"> {
  /** How models are run; defaults to as they are. */
  runOf?: RunOf;
}

/** Another account made the move already, or the challenge is over. */
const DONE = ["OutOfTurn", "OutOfTime", "NoSuchChallenge", "NotOpen", "WrongOpening"];

export function createPlayer({ client, sender, content, report, runOf }: PlayerOptions): Player {
  const contract = contractOf(client, disputeGame);
  const models = keepLast<PlayableModel>(KEPT);
  const reruns = keepLast<Rerun>(KEPT);

  const runAgain = (state: ChainState, attestation: AttestationState): Promise<Rerun> =>
    reruns.get(attestation.id, async () => {
      const { modelId, context } = attestation.message;
      const model = await models.get(modelId, () => openPlayable(client, content, modelId));
      return rerun(attestation, model, content, assignedUnit(state, context), runOf);
    });

  /** What proves a unit's input: of a single attestation the input itself, of a batch the base input. */
  function shownInput(
    attestation: AttestationState,
    { model, input }: Rerun,
    assignment: Assignment | undefined,
    unit: number,
  ): AssignedInput {
    const { layout } = model;
    if (attestation.kind === "single")
      return { header: bytesToHex(tensorHeader(layout.input)), base: bytesToHex(input(0)), proof: [] };
    if (!assignment) throw new Error(`Batch ${attestation.id} is of a task that no event shows.`);
    const { prover, context } = attestation.message;
    const number = (unitOf(context)?.unit ?? 0n) + BigInt(unit);
    const seed = unitSeed(assignment.seed, assignment.task.taskId, prover, number);
    return showInput(seed, assignment.task, layout.input);
  }

  /** What is in question in a challenge, and whose turn it is; undefined where it isn't open. */
  async function turnIn(
    { head }: ChainState,
    id: Hex,
    number: number,
  ): Promise<{ question: Question; isProvers: boolean } | undefined> {
    const read = { ...contract, args: [id, number], blockNumber: head.number } as const;
    const question = await client.rpc.readContract({ ...read, functionName: "challengeOf" });
    if (question.stage === Stage.none) return undefined;
    const [isProvers] = await client.rpc.readContract({ ...read, functionName: "turnOf" });
    return { question, isProvers };
  }

  async function moveIn(
    state: ChainState,
    attestation: AttestationState,
    number: number,
    asProver: boolean,
  ): Promise<Move | undefined> {
    const turn = await turnIn(state, attestation.id, number);
    if (turn === undefined || turn.isProvers !== asProver) return undefined;
    const known = await runAgain(state, attestation);
    const { layout, model } = known.model;
    const units = attestation.kind === "batch" ? treeOfTraces(known.traces) : undefined;
    if (asProver) {
      const assignment = assignedUnit(state, attestation.message.context);
      const input = (unit: number) => shownInput(attestation, known, assignment, unit);
      return answer({ layout, model, units, run: known.run, input }, turn.question, known.traces);
    }
    const openings = detailOf(disputeGame, attestation)?.openings;
    const pass = (input: Uint8Array, output: Uint8Array) => passTraced(known.model, input, output);
    return reply({ layout, model, units, pass }, turn.question, (question) => openings?.get(positionOf(question)));
  }

  const job = (
    state: ChainState,
    attestation: AttestationState,
    { number, question }: ChallengeState,
    asProver: boolean,
  ): Job => {
    const { id } = attestation;
    const opened = detailOf(disputeGame, attestation)?.openings.size ?? 0;
    const side = asProver ? "answer" : "reply";
    return {
      // A new turn is another job.
      key: `${side} ${id} ${number} ${opened} ${question ? positionOf(question) : "begun"}`,
      async run() {
        try {
          const move = await moveIn(state, attestation, number, asProver);
          if (!move) return;
          await sender.send(callFor(id, number, move));
          report(`${sender.account.address}: ${move.functionName} in challenge ${number} of ${id}.`);
        } catch (error) {
          if (error instanceof RevertError && DONE.includes(error.errorName ?? "")) return;
          if (!(error instanceof UnavailableError)) throw error;
          throw new TryAgainError(`${id} can't be run again. ${error.message}`, { cause: error });
        }
      },
    };
  };

  /** Each move has arguments of its own; the ABI holds them to the contract's. */
  function callFor(id: Hex, number: number, { functionName, args }: Move): Call {
    const data = encodeFunctionData({ abi: contract.abi, functionName, args: [id, number, ...args] } as never);
    return { ...callOf({ ...contract, functionName: "timeout", args: [id, number] }), name: functionName, data };
  }

  const openIn = (attestation: AttestationState): ChallengeState[] =>
    (detailOf(disputeGame, attestation)?.challenges ?? []).filter(({ outcome }) => outcome === DisputeOutcome.open);

  return {
    rerun: runAgain,
    rerunAnew(state, attestation) {
      reruns.forget(attestation.id);
      models.forget(attestation.message.modelId);
      return runAgain(state, attestation);
    },
    answers: (state, attestation) => openIn(attestation).map((challenge) => job(state, attestation, challenge, true)),
    replies: (state, attestation) =>
      openIn(attestation)
        .filter(({ challenger }) => challenger === sender.account.address)
        .map((challenge) => job(state, attestation, challenge, false)),
  };
}
