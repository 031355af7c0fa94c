import { type Address, getAddress, type Hex, keccak256, padHex, parseAbi, stringToHex, toHex } from "viem";
import { count, hex, step } from "../../indexer/methods/fields.ts";
import { methods as indexed } from "../../indexer/methods/index.ts";
import { attestationRegistryAbi, campaignAbi } from "../../sdk/abi.ts";
import { ledgerHash, ZERO_HASH } from "../../sdk/commitments.ts";
import { methods } from "../../sdk/methods/index.ts";
import { defineMethod } from "../../sdk/methods/method.ts";
import { Reason, Status } from "../../sdk/protocol.ts";
import { accountOf, type Chapter, deployment, type Emitted, emit, emitAny, type Ledger, MODEL } from "./story.ts";

const hashOf = (text: string): Hex => keccak256(stringToHex(text));

/** The contract of a method that only tests know, and its number. */
export const TOY: Address = getAddress(padHex(toHex(0x70), { size: 20 }));
const TOY_ID = 7;
/** An attestation under it, and who judged it. */
export const TOY_UID = hashOf("toy");
export const JUDGE = accountOf(3);

const toyAbi = parseAbi([
  "event Judged(bytes32 indexed id, address indexed judge, uint32 score)",
  "event Counted(uint256 total)",
]);

const toy = defineMethod({
  id: TOY_ID,
  name: "Toy",
  abi: toyAbi,
  begin: () => ({ score: 0 }),
  fold(detail, { eventName, args }) {
    if (eventName === "Judged") detail.score += args.score;
  },
  stepOf: ({ eventName, args }) =>
    eventName === "Judged" ? { step: "judged", by: args.judge, score: args.score } : undefined,
  assurance: ({ status }, { score }) =>
    status === Status.verified ? { proven: `It scored ${score}.`, notProven: "Anything else." } : undefined,
});

/** Registers the method in the rooms that the indexer knows of; `unregister` takes it back. */
export function register(): void {
  Object.assign(methods, { toy });
  Object.assign(indexed, { toy: { stepSchemas: [step("judged", { by: hex, score: count })] } });
}

export function unregister(): void {
  for (const each of [methods, indexed] as { toy?: unknown }[]) delete each.toy;
}

const registry = [deployment.contracts.AttestationRegistry.address, attestationRegistryAbi] as const;

export const added = emit(...registry, "MethodAdded", { id: TOY_ID, method: TOY });
export const judged = (id: Hex, score: number): Emitted => emitAny(TOY, toyAbi, "Judged", { id, judge: JUDGE, score });
const counted = emitAny(TOY, toyAbi, "Counted", { total: 5n });
const attested = emit(...registry, "Attested", {
  ...{ uid: TOY_UID, prover: accountOf(1), modelId: MODEL, inputHash: hashOf("in"), context: ZERO_HASH },
  ...{ outputHash: hashOf("out"), traceHash: ZERO_HASH, salt: hashOf("salt"), method: TOY_ID },
});

/** What follows these chapters where the method is added, judges one attestation and has it verified and paid. */
export function withToy(chapters: readonly Chapter[]): [early: Chapter, added: Chapter, settled: Chapter] {
  const { ledgers } = chapters.at(-1) as Chapter;
  const before = ledgers.get(1n) as Ledger;
  const account = accountOf(1);
  const change = { seasonId: 1n, account, subject: TOY_UID, reason: Reason.prover, seq: before.seq + 1n };
  const after: Ledger = {
    seq: change.seq,
    participants: before.participants + (before.points.has(account) ? 0 : 1),
    totalPoints: before.totalPoints + 10n,
    ledgerHash: ledgerHash(before.ledgerHash, { ...change, delta: 10n }),
    points: new Map(before.points).set(account, (before.points.get(account) ?? 0n) + 10n),
  };
  return [
    { logs: [judged(TOY_UID, 1)], ledgers },
    { logs: [added, attested, judged(TOY_UID, 20)], ledgers },
    {
      logs: [
        judged(TOY_UID, 22),
        counted,
        { address: TOY.toLowerCase() as Address, topics: [], data: "0x05" },
        emit(...registry, "StatusChanged", { id: TOY_UID, status: Status.verified, by: JUDGE }),
        emit(deployment.contracts.Campaign.address, campaignAbi, "PointsAwarded", { ...change, amount: 10n }),
      ],
      ledgers: new Map(ledgers).set(1n, after),
    },
  ];
}
