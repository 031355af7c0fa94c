import type { Hex } from "viem";
import { UnavailableError } from "../../../inference/content.ts";
import { InvalidModelError } from "../../../inference/failures.ts";
import { isRight, judgeTwice } from "../../../inference/methods/disputeGame/rerun.ts";
import { InvalidRunError } from "../../../inference/tensors.ts";
import { type AttestationState, countOf, detailOf } from "../../../sdk/attestations.ts";
import { callOf } from "../../../sdk/calls.ts";
import { contractOf } from "../../../sdk/client.ts";
import { RevertError } from "../../../sdk/errors.ts";
import { DisputeOutcome, disputeGame } from "../../../sdk/methods/disputeGame.ts";
import { Status } from "../../../sdk/protocol.ts";
import type { ChainState } from "../../chainState.ts";
import { ensureDeposit } from "../../deposits.ts";
import type { Job, Participant } from "../../jobs.ts";
import { TryAgainError } from "../../sender.ts";
import type { Tools } from "../method.ts";
import { createPlayer } from "./player.ts";

/** The window is over, or the attestation is settled: there is nothing left to challenge. */
const TOO_LATE = new Set(["NotOpen", "WindowOver"]);

/** Runs every attestation under DisputeGame again, challenges what is wrong, and plays until one number decides. */
export function createDisputeChallenger(options: Pick<Tools, "client" | "sender" | "content" | "report">): Participant {
  const { client, sender, report } = options;
  const contract = contractOf(client, disputeGame);
  const account = sender.account.address;
  const name = `challenger ${account}`;
  const player = createPlayer(options);

  const challenge = async (attestation: AttestationState): Promise<void> => {
    const args = [countOf(attestation)] as const;
    const bond = await client.rpc.readContract({ ...contract, functionName: "challengeBond", args });
    await ensureDeposit(client, sender, contract.address, bond);
    if (attestation.kind === "single" && !attestation.answer) return;
    const call =
      attestation.kind === "batch"
        ? callOf({ ...contract, functionName: "challengeBatch", args: [attestation.message] })
        : callOf({
            ...contract,
            functionName: "challenge",
            args: [attestation.message, attestation.answer as NonNullable<typeof attestation.answer>],
          });
    try {
      await sender.send(call);
    } catch (error) {
      if (!(error instanceof RevertError && TOO_LATE.has(error.errorName ?? ""))) throw error;
      report(`${name}: ${attestation.id} was settled already.`);
    }
  };

  /** Whether an attestation is wrong by two runs: a challenge of a right one costs a bond. */
  const isWrong = async (state: ChainState, attestation: AttestationState): Promise<boolean> => {
    const known = await player.rerun(state, attestation);
    if (isRight(attestation, known)) return false;
    const judgement = judgeTwice(attestation, known, await player.rerunAnew(state, attestation));
    if (judgement === "unsure") throw new TryAgainError(`Two runs of ${attestation.id} differ on this machine.`);
    return judgement === "wrong";
  };

  const examine = (state: ChainState, attestation: AttestationState): Job => ({
    key: `examine ${attestation.id}`,
    async run() {
      try {
        if (!(await isWrong(state, attestation))) return;
      } catch (error) {
        if (error instanceof InvalidRunError || error instanceof InvalidModelError)
          return report(`${name}: ${attestation.id} can't be run. ${error.message}`);
        if (!(error instanceof UnavailableError)) throw error;
        throw new TryAgainError(`${attestation.id} can't be run again. ${error.message}`, { cause: error });
      }
      report(`${name}: ${attestation.id} is wrong; it is challenged.`);
      await challenge(attestation);
    },
  });

  /** Gets the bond back where another challenge won. */
  const release = (id: Hex, number: number): Job => ({
    key: `release ${id} ${number}`,
    async run() {
      await sender.send(callOf({ ...contract, functionName: "release", args: [id, number] }));
    },
  });

  const dueFor = (state: ChainState, attestation: AttestationState): Job[] => {
    const challenges = detailOf(disputeGame, attestation)?.challenges ?? [];
    const own = challenges.filter(({ challenger }) => challenger === account);
    if (attestation.status === Status.pending)
      return own.length > 0 ? player.replies(state, attestation) : [examine(state, attestation)];
    if (attestation.status !== Status.refuted) return [];
    return own
      .filter(({ outcome }) => outcome === DisputeOutcome.open)
      .map(({ number }) => release(attestation.id, number));
  };

  return {
    name,
    due: (state) =>
      [...state.attestations.byId.values()]
        .filter(({ message }) => message.method === disputeGame.id)
        .flatMap((attestation) => dueFor(state, attestation)),
    atStake(state) {
      const open = [...state.attestations.byId.values()].flatMap((attestation) =>
        (detailOf(disputeGame, attestation)?.challenges ?? []).filter(
          ({ challenger, outcome }) => challenger === account && outcome === DisputeOutcome.open,
        ),
      );
      return open.length === 0
        ? undefined
        : `${open.length} challenges are open: one that isn't played on loses its bond.`;
    },
  };
}
