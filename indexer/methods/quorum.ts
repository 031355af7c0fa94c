import type { Address, Hex } from "viem";
import { z } from "zod";
import type { quorum as known } from "../../sdk/methods/quorum.ts";
import type { EventNamed } from "../decode/events.ts";
import type { Kind, Rows } from "../fold/identity-map.ts";
import { requireAttestation } from "../fold/recorded.ts";
import { count, decimal, hex, step } from "./fields.ts";
import type { IndexedMethod } from "./method.ts";

type Step = NonNullable<ReturnType<typeof known.stepOf>>;

/** The votes that an attestation's panels revealed, in order. */
export interface Votes {
  uid: Hex;
  votes: readonly Vote[];
}

interface Vote {
  round: number;
  member: Address;
  outputHash: Hex;
}

export const votes: Kind<Pick<Votes, "uid">, Votes> = {
  group: () => undefined,
  name: ({ uid }) => uid,
};

/** Quorum: drawn panels vote. */
export const quorum: IndexedMethod = {
  steps: {
    PanelDrawn: giveSeats,
    PanelRefilled: giveSeats,
    VoteRevealed({ args: { uid, round, member, outputHash }, eventName }, rows) {
      requireAttestation(rows, uid, eventName);
      const before = rows.votes.get({ uid })?.votes ?? [];
      rows.votes.set({ uid, votes: [...before, { round, member, outputHash }] });
    },
  },
  catchersOf({ uid, outputHash }, rows) {
    // Where a shown run was refuted, votes count nothing: FraudProof's part names who showed the wrong row.
    if (rows.disputes.get({ uid })) return [];
    return catchersAmong(rows.votes.get({ uid })?.votes ?? [], outputHash);
  },
  // Who voted lost for the vote, not for an absence.
  missedSeats(events) {
    const voters = new Set(events.flatMap((one) => (one.eventName === "VoteRevealed" ? [one.args.member] : [])));
    return events.flatMap((one) =>
      one.eventName === "Penalised" && !voters.has(one.args.member) ? [one.args.amount] : [],
    );
  },
  seatEvents: ["PanelDrawn", "PanelRefilled"],
  seatOf(drawn, events, account) {
    // Only the first panel's missed seats are filled again.
    const round = drawn.eventName === "PanelDrawn" ? drawn.args.round : 1;
    const has = (name: "VoteCommitted" | "VoteRevealed") =>
      events.some((one) => one.eventName === name && one.args.member === account && one.args.round === round);
    const lost = events.reduce(
      (sum, one) => (one.eventName === "Penalised" && one.args.member === account ? sum + one.args.amount : sum),
      0n,
    );
    return { round, vote: has("VoteRevealed") ? "revealed" : has("VoteCommitted") ? "committed" : "none", lost };
  },
  stepSchemas: [
    step("drawScheduled", { round: count, drawBlock: count, drawUntil: count }),
    step("panelDrawn", { round: count, members: z.array(hex), commitUntil: count, revealUntil: count }),
    step("panelRefilled", { members: z.array(hex), commitUntil: count, revealUntil: count }),
    step("voteCommitted", { round: count, by: hex }),
    step("revealOpened", { round: count, revealUntil: count }),
    step("voteRevealed", { round: count, by: hex, outputHash: hex }),
    step("revealEnded", { round: count, revealUntil: count }),
    step("roundUndecided", { round: count, votes: count }),
    step("appealOpened", { by: hex }),
    step("runShown", { until: count }),
    step("penalised", { account: hex, amount: decimal }),
  ] satisfies z.ZodType<Step>[],
};

function giveSeats({ args, location }: EventNamed<"PanelDrawn" | "PanelRefilled">, rows: Rows): void {
  const { uid, members } = args;
  requireAttestation(rows, uid, "PanelDrawn");
  for (const account of members) rows.seats.add({ account, uid, ...location });
}

/** Who voted, in any round, for what most of the last round's members found instead of the revealed answer. */
function catchersAmong(votes: readonly Vote[], revealed: Hex | null): Set<Address> {
  const last = Math.max(...votes.map(({ round }) => round));
  const counts = new Map<Hex, number>();
  for (const { round, outputHash } of votes)
    if (round === last) counts.set(outputHash, (counts.get(outputHash) ?? 0) + 1);
  const [found] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0] ?? [];
  if (revealed === null || found === revealed) return new Set();
  return new Set(votes.flatMap(({ member, outputHash }) => (outputHash === found ? [member] : [])));
}
