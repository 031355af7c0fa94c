import type { Address } from "viem";
import { verificationMethodAbi } from "../sdk/abi.ts";
import { type AttestationState, countOf, type RecordedSingle } from "../sdk/attestations.ts";
import { callOf } from "../sdk/calls.ts";
import { type Client, hasContract, readModel } from "../sdk/client.ts";
import { unitSeed } from "../sdk/commitments.ts";
import { unitWithin } from "../sdk/contexts.ts";
import { decodeLayout } from "../sdk/layouts.ts";
import { methodById, partOf } from "../sdk/methods/index.ts";
import { Status } from "../sdk/protocol.ts";
import { NO_INPUT, showInput } from "../sdk/units.ts";
import { type AssignedUnit, assignedUnit, type ChainState, type Season } from "./chainState.ts";
import { type Job, type Participant, unlessDone } from "./jobs.ts";
import { participantMethods } from "./methods/index.ts";
import type { Keeping, ParticipantMethod } from "./methods/method.ts";
import { type Sender, TryAgainError } from "./sender.ts";

// Errors after somebody else's transaction, and those that no retry can fix: a unit attested with another input than its
// own, or outside its season.
const DONE = ["AlreadySeeded", "UnitSpent", "AlreadyBurned", "WrongInput", "WrongTime"];

/**
 * Sends what is due, for everybody: seeds, what each method lets anyone do, awards and burns. Attestations settled
 * under a method that isn't known here are awarded and burned too. Any number of keepers may run.
 */
export function createKeeper(client: Client, sender: Sender): Participant {
  const { rpc, contracts } = client;
  const { campaign } = contracts;
  const keepings = new Map<number, Keeping | undefined>();
  const inputChecks = new Map<Address, boolean>();

  /** Ends `job` when there turns out to be nothing left to do. */
  const onlyOnce = (job: Job, doneErrors: readonly string[] = []): Job => unlessDone(job, [...DONE, ...doneErrors]);

  const seed = ({ seasonId }: Season): Job =>
    onlyOnce({
      key: `seed ${seasonId}`,
      async run() {
        await sender.send(callOf({ ...campaign, functionName: "seed", args: [seasonId] }));
        const season = await rpc.readContract({ ...campaign, functionName: "seasonOf", args: [seasonId] });
        if (season.seededAt === 0)
          throw new TryAgainError(`The block for season ${seasonId}'s seed is too old; another was named.`);
      },
    });

  const award = (attestation: AttestationState, unit: AssignedUnit, state: ChainState): Job =>
    onlyOnce({
      key: `award ${attestation.id}`,
      async run() {
        const { kind, message } = attestation;
        const { prover } = message;
        const call =
          kind === "batch"
            ? callOf({ ...campaign, functionName: "awardBatch", args: [prover, message] })
            : callOf({
                ...campaign,
                functionName: "award",
                args: [prover, message, await inputOf(attestation, unit, state)],
              });
        await sender.send(call);
      },
    });

  const burn = ({ id, kind, message }: AttestationState): Job =>
    onlyOnce({
      key: `burn ${id}`,
      async run() {
        await sender.send(
          kind === "batch"
            ? callOf({ ...campaign, functionName: "burnBatch", args: [message] })
            : callOf({ ...campaign, functionName: "burn", args: [message] }),
        );
      },
    });

  /** What proves the unit's assigned input to the campaign; empty if the method has checked it. */
  const inputOf = async ({ message }: RecordedSingle, { seed, task, unit }: AssignedUnit, state: ChainState) => {
    if (await checksInput(message.method, state)) return NO_INPUT;
    const { layout } = await readModel(client, message.modelId);
    return showInput(unitSeed(seed, task.taskId, message.prover, unit), task, decodeLayout(layout).input);
  };

  const checksInput = async (method: number, { attestations: { methodAt } }: ChainState): Promise<boolean> => {
    const address = [...methodAt].find(([, id]) => id === method)?.[0] as Address | undefined;
    if (address === undefined) throw new TryAgainError(`The chain doesn't show method ${method} yet.`);
    const known = inputChecks.get(address);
    if (known !== undefined) return known;
    const read = await rpc.readContract({ address, abi: verificationMethodAbi, functionName: "checksInput" });
    inputChecks.set(address, read);
    return read;
  };

  const keepingOf = (method: number, part: ParticipantMethod): Keeping | undefined => {
    if (!keepings.has(method)) {
      const known = methodById(method);
      keepings.set(method, known && hasContract(client, known) ? part.createKeeping(client, sender) : undefined);
    }
    return keepings.get(method);
  };

  /** What anyone may do now for a pending attestation. */
  const move = (attestation: AttestationState, state: ChainState): Job | undefined => {
    const { method } = attestation.message;
    const part = partOf<ParticipantMethod>(participantMethods, method);
    const job = part && keepingOf(method, part)?.(attestation, state);
    return job && onlyOnce(job, part.doneErrors);
  };

  const dueFor = (attestation: AttestationState, state: ChainState): Job | undefined => {
    const { status, inLedger } = attestation;
    if (status === Status.pending) return move(attestation, state);
    if (inLedger || (status !== Status.verified && status !== Status.refuted)) return undefined;
    const unit = unitThatCounts(attestation, state, campaign.address);
    if (unit === undefined) return undefined;
    return status === Status.verified ? award(attestation, unit, state) : burn(attestation);
  };

  return {
    name: `keeper ${sender.account.address}`,
    due: (state) => [
      ...[...state.seasons.values()].filter((season) => isSeedDue(season, state)).map(seed),
      ...[...state.attestations.byId.values()].flatMap((attestation) => dueFor(attestation, state) ?? []),
    ],
  };
}

// The seed's block is the second after the opening; a transaction can name it from the block after that.
const isSeedDue = ({ seed, openedIn, closesAt }: Season, { head }: ChainState): boolean =>
  seed === undefined && head.number >= openedIn + 2n && head.timestamp < closesAt;

/** The first unit of a settled attestation that the campaign would now pay or burn; undefined where it would refuse. */
function unitThatCounts(attestation: AttestationState, state: ChainState, campaign: Address): AssignedUnit | undefined {
  const { context, method, modelId } = attestation.message;
  const found = unitWithin(context, campaign) && assignedUnit(state, context);
  if (found === undefined || state.head.timestamp >= found.season.closesAt) return undefined;
  const { task, unit } = found;
  const isOfTask = task.method === method && task.modelId === modelId;
  return isOfTask && unit + BigInt(countOf(attestation)) <= task.unitsPerAccount ? found : undefined;
}
