import type { Address } from "viem";
import type { ChainState } from "../../participant/chainState.ts";
import type { ChainFollower } from "../../participant/follow.ts";
import { type AttestationState, countOf, detailOf, type RecordedAttestation } from "../../sdk/attestations.ts";
import { unitOf } from "../../sdk/contexts.ts";
import { fraudProof } from "../../sdk/methods/fraudProof.ts";
import { Status } from "../../sdk/protocol.ts";

/** A season's attestations on chain. */
export const attestationsOf = ({ attestations }: ChainState, seasonId: bigint): AttestationState[] =>
  [...attestations.byId.values()].filter(({ message }) => unitOf(message.context)?.seasonId === seasonId);

/** The row by which FraudProof refuted an attestation; undefined where it didn't. */
export const refutationOf = (attestation: AttestationState) => detailOf(fraudProof, attestation)?.refutation;

const WIDTH = 24;
/** Seconds between two lines where there is no terminal. */
const QUIET = 10n;

/** Shows how a season goes: at a terminal in one line that is overwritten, elsewhere in a line now and then. */
export function showProgress(follower: ChainFollower, seasonId: bigint, print: (line: string) => void): () => void {
  const seen = new Set<string>();
  let shownAt = 0n;
  const stop = follower.onState((state) => {
    const season = state.seasons.get(seasonId);
    if (season === undefined) return;
    const now = state.head.timestamp;
    const own = attestationsOf(state, seasonId);
    for (const attestation of own) {
      const { id, status } = attestation;
      if (status !== Status.refuted || seen.has(id)) continue;
      seen.add(id);
      print(caughtLine(attestation));
    }
    const units = own.reduce((sum, attestation) => sum + countOf(attestation), 0);
    const count = (counted: number) =>
      own.reduce((sum, attestation) => (attestation.status === counted ? sum + countOf(attestation) : sum), 0);
    const { startsAt, endsAt, closesAt } = season;
    const [from, until, doing] =
      now < startsAt
        ? ([now, startsAt, "starts"] as const)
        : now < endsAt
          ? ([startsAt, endsAt, "ends"] as const)
          : ([endsAt, closesAt, "closes"] as const);
    const left = until > now ? until - now : 0n;
    const line =
      `Season ${seasonId} ${bar(until === from ? 1 : Number(now - from) / Number(until - from))} ${doing} in ${left} s: ` +
      `${units} units, ${count(Status.verified)} verified, ${count(Status.refuted)} refuted, ${count(Status.pending)} pending`;
    if (process.stdout.isTTY) {
      clearLine();
      process.stdout.write(line.slice(0, process.stdout.columns - 1));
    } else if (now >= shownAt + QUIET) {
      shownAt = now;
      print(line);
    }
  });
  return () => {
    stop();
    clearLine();
  };
}

function caughtLine(attestation: AttestationState): string {
  const { id, message } = attestation;
  const refutation = refutationOf(attestation);
  if (refutation === undefined)
    return `Caught: ${short(message.prover)} gave a wrong answer in ${id}; panels that re-ran the model refuted it.`;
  const { index, layer, row, claimed, correct } = refutation;
  return (
    `Caught: ${short(message.prover)} claims ${claimed} in row ${row} of layer ${layer} of unit ${unitAt(attestation, index)} in batch ${id}; ` +
    `the contract computed ${correct} and refuted all of it.`
  );
}

/** The number of the unit at a position of a batch. */
export const unitAt = ({ message }: RecordedAttestation, index: number): bigint =>
  (unitOf(message.context)?.unit ?? 0n) + BigInt(index);

/** First and last digits of an address. */
export const short = (address: Address): string => `${address.slice(0, 8)}…${address.slice(-4)}`;

function bar(part: number): string {
  const full = Math.round(Math.max(0, Math.min(1, part)) * WIDTH);
  return `[${"#".repeat(full)}${".".repeat(WIDTH - full)}]`;
}

/** Prints a line; it replaces the progress line if there is one. */
export function printLine(line: string): void {
  clearLine();
  console.log(line);
}

function clearLine(): void {
  if (process.stdout.isTTY) process.stdout.write("\r\u001b[K");
}
