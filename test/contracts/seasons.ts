import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import { bytesToHex, concat, type Hex } from "viem";
import {
  type Attestation,
  assignedInput,
  baseIndex,
  ledgerHash,
  tensorHash,
  unitSeed,
  ZERO_HASH,
} from "../../sdk/commitments.ts";
import { unitContext } from "../../sdk/contexts.ts";
import { encodeLayout, tensorHeader } from "../../sdk/layouts.ts";
import { orderedTree } from "../../sdk/tree.ts";
import { attestationOf, integerLayout, type protocol } from "./fixtures.ts";

export type Protocol = Awaited<ReturnType<typeof protocol>>;

/** Numbers of the two methods and statuses, as contracts know them. */
export const QUORUM = 1;
export const MOCK = 2;
export const Status = { None: 0, Pending: 1, Verified: 2, Refuted: 3, Void: 4, Revoked: 5 } as const;

export const POINTS = 50n;
export const UNITS = 4;
export const VERIFIER_CAP = 100n;

/** What one account may earn in a season, at most. */
export const MAX_ACCOUNT_POINTS = 2n ** 31n - 1n;

/** Base inputs at both ends of int8, so that noise meets both clamps. */
export const bases = [
  [127, -128, 0, 1],
  [-1, 120, -120, 64],
  [5, 6, 7, 8],
].map((elements) => Int8Array.from(elements));

export const inputs = concat(bases.map((base) => bytesToHex(new Uint8Array(base.buffer))));
export const layoutBytes = bytesToHex(encodeLayout(integerLayout));
const header = tensorHeader(integerLayout.input);
const tree = orderedTree(bases.map((base) => new Uint8Array(base.buffer)));

/** A task's rules on the integer model, under the mock; give what differs. */
export const rulesOf = (p: Protocol, rules: object = {}) => ({
  modelId: p.integerModel,
  method: MOCK,
  points: POINTS,
  unitsPerAccount: UNITS,
  noise: 100,
  ...rules,
});

/** Drafts a season that starts in 1,000 seconds and is as short as Quorum allows after it ends. */
export async function draftSeason({ campaign, quorum, organiser }: Protocol, { time }: NetworkHelpers) {
  const startsAt = (await time.latest()) + 1_000;
  const endsAt = startsAt + 10_000;
  const closesAt = endsAt + Number((await quorum.longest()) + (await campaign.closingMargin()));
  await campaign.connect(organiser).draft(startsAt, endsAt, closesAt, VERIFIER_CAP);
  return { seasonId: await campaign.seasonCount(), startsAt, endsAt, closesAt };
}

/**
 * Drafts and opens a season; task 1 is Quorum's, task 2 the mock's, then `more`, all on the integer model. `drafted` is done
 * while it is a draft.
 */
export async function openSeason(
  p: Protocol,
  helpers: NetworkHelpers,
  more: object[] = [],
  drafted = async (): Promise<unknown> => undefined,
) {
  const season = await draftSeason(p, helpers);
  await drafted();
  for (const rules of [{ method: QUORUM }, {}, ...more])
    await p.campaign.connect(p.organiser).addTask(season.seasonId, rulesOf(p, rules), layoutBytes, inputs);
  await p.campaign.connect(p.organiser).open(season.seasonId, "ipfs://season");
  return season;
}

/** Opens a season, has it seeded and started. */
export async function runSeason(p: Protocol, helpers: NetworkHelpers, ...rest: [object[]?, (() => Promise<unknown>)?]) {
  const season = await openSeason(p, helpers, ...rest);
  await helpers.mine(3);
  await p.campaign.seed(season.seasonId);
  await helpers.time.increaseTo(season.startsAt);
  return { ...season, seed: (await p.campaign.seasonOf(season.seasonId)).seed as Hex };
}

/** A base input with what proves it to the Campaign. */
export const shownInput = (index: number) => ({
  header: bytesToHex(header),
  base: bytesToHex(new Uint8Array((bases[index] as Int8Array).buffer)),
  proof: tree.proof(index),
});

/** What a prover works on: the assigned input of a unit, with what proves it to the Campaign. */
export function inputOf(seasonSeed: Hex, taskId: bigint, account: HardhatEthersSigner, unit: bigint, noise = 100) {
  const seed = unitSeed(seasonSeed, taskId, account.address as Hex, unit);
  const index = baseIndex(seed, bases.length);
  const input = assignedInput(seed, bases[index] as Int8Array, noise);
  return { index, inputHash: tensorHash(header, new Uint8Array(input.buffer)), shown: shownInput(index) };
}

/** For methods that check the input themselves. */
export const NO_INPUT = { header: "0x", base: "0x", proof: [] };

/** Context of a unit of season 1 of this campaign; task 2, unit 0 by default. */
export const contextOf = async ({ campaign }: Protocol, taskId = 2n, unit = 0n, seasonId = 1n) =>
  unitContext({ campaign: (await campaign.getAddress()) as Hex, seasonId, taskId, unit });

/** A prover's attestation on a unit under the mock; give what differs. */
export const unitAttestation = async (p: Protocol, prover: HardhatEthersSigner, fields: Partial<Attestation> = {}) =>
  attestationOf(prover, { method: MOCK, modelId: p.integerModel, context: await contextOf(p), ...fields });

/** Records an attestation, hidden. */
export async function record({ registry }: Protocol, prover: HardhatEthersSigner, attestation: Attestation) {
  const { method, modelId, inputHash, context, answer } = attestation;
  await registry.connect(prover).commit(method, modelId, inputHash, context, answer);
  return (await registry.uidOf(attestation)) as Hex;
}

/** Has the mock settle an attestation. */
export const settle = ({ registry, method, admin }: Protocol, uid: Hex, status: number) =>
  method.execute(registry, registry.interface.encodeFunctionData("settle", [uid, status, admin.address]));

/** Records an attestation on a unit under the mock and settles it. */
export async function settled(
  p: Protocol,
  prover: HardhatEthersSigner,
  status: number,
  fields: Partial<Attestation> = {},
) {
  const attestation = await unitAttestation(p, prover, fields);
  const uid = await record(p, prover, attestation);
  await settle(p, uid, status);
  return { attestation, uid };
}

/** What the events of a season say its ledger is. */
export async function replay({ campaign }: Protocol, seasonId: bigint) {
  const awarded = await campaign.queryFilter(campaign.filters.PointsAwarded(seasonId));
  const burned = await campaign.queryFilter(campaign.filters.PointsBurned(seasonId));
  const ledger = { seq: 0n, participants: 0n, totalPoints: 0n, ledgerHash: ZERO_HASH };
  const entries = new Map<string, { points: bigint; lastSeq: bigint }>();
  const events = [...awarded, ...burned].sort((a, b) => a.blockNumber - b.blockNumber || a.index - b.index);
  for (const { args, eventName } of events) {
    const delta = eventName === "PointsAwarded" ? args.amount : -args.amount;
    if (args.seq !== ++ledger.seq) throw new Error(`Entry ${ledger.seq} says it is ${args.seq}.`);
    const { account, subject, reason, seq } = args;
    ledger.ledgerHash = ledgerHash(ledger.ledgerHash, {
      ...{ seasonId, delta, seq, reason: Number(reason) },
      ...{ account: account as Hex, subject: subject as Hex },
    });
    ledger.totalPoints += delta;
    entries.set(account, { points: (entries.get(account)?.points ?? 0n) + delta, lastSeq: seq });
  }
  ledger.participants = BigInt(entries.size);
  return { ledger: [ledger.seq, ledger.participants, ledger.totalPoints, ledger.ledgerHash], entries };
}
