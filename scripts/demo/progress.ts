import type { Address } from "viem";
import { type ClaimView, sizeOf } from "../../inference/verify/claims.ts";
import type { Board } from "../../participant/board.ts";
import { type AttestationView, PENDING, REFUTED, VERIFIED, type View } from "../../participant/view.ts";
import { unitOf } from "../../sdk/contexts.ts";

/** A season's attestations on the board. */
export const attestationsOf = ({ attestations }: View, seasonId: bigint): AttestationView[] =>
  [...attestations.values()].filter(({ attestation }) => unitOf(attestation.context)?.seasonId === seasonId);

/** A season's claims under FraudProof. */
export const claimsOf = ({ claims }: View, seasonId: bigint): ClaimView[] =>
  [...claims.values()].filter(({ claim }) => unitOf(claim.attestation.context)?.seasonId === seasonId);

const WIDTH = 24;
/** Seconds between two lines where there is no terminal. */
const QUIET = 10n;

/** Shows how a season goes: one line that is written over at a terminal, a line now and then elsewhere. */
export function showProgress(board: Board, seasonId: bigint, print: (line: string) => void): () => void {
  const seen = new Set<string>();
  let shownAt = 0n;
  const stop = board.onView((view) => {
    const season = view.seasons.get(seasonId);
    if (season === undefined) return;
    const now = view.head.timestamp;
    const own = attestationsOf(view, seasonId);
    const claims = claimsOf(view, seasonId);
    for (const { id, claim, refutation } of claims) {
      if (refutation === undefined || seen.has(id)) continue;
      seen.add(id);
      const { index, layer, row, claimed, correct } = refutation;
      print(
        `Caught: ${short(claim.attestation.prover)} claims ${claimed} in row ${row} of layer ${layer} of unit ${unitAt(claim, index)} in batch ${id}; ` +
          `the contract computed ${correct} and refuted all of it.`,
      );
    }
    for (const { uid, status, attestation } of own) {
      if (status !== REFUTED || seen.has(uid)) continue;
      seen.add(uid);
      print(`Caught: ${short(attestation.prover)} gave a wrong answer in ${uid}; a panel of three refuted it.`);
    }
    const count = (status: number) =>
      own.filter((attestation) => attestation.status === status).length +
      claims.filter((claim) => claim.status === status).reduce((sum, claim) => sum + sizeOf(claim), 0);
    const units = own.length + claims.reduce((sum, claim) => sum + sizeOf(claim), 0);
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
      `${units} units, ${count(VERIFIED)} verified, ${count(REFUTED)} refuted, ${count(PENDING)} pending`;
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

/** The number of the unit at a position of a batch. */
export const unitAt = ({ attestation }: ClaimView["claim"], index: number): bigint =>
  (unitOf(attestation.context)?.unit ?? 0n) + BigInt(index);

/** First and last digits of an address. */
export const short = (address: Address): string => `${address.slice(0, 8)}…${address.slice(-4)}`;

function bar(part: number): string {
  const full = Math.round(Math.max(0, Math.min(1, part)) * WIDTH);
  return `[${"#".repeat(full)}${".".repeat(WIDTH - full)}]`;
}

/** Prints a line, in the place of a progress line where there is one. */
export function printLine(line: string): void {
  clearLine();
  console.log(line);
}

function clearLine(): void {
  if (process.stdout.isTTY) process.stdout.write("\r\u001b[K");
}
