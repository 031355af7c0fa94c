import { type AbiEvent, type Address, decodeEventLog, type Hex, toEventSelector } from "viem";
import { attestationRegistryAbi } from "../../../sdk/abi.ts";
import { quorumAbi } from "../../../sdk/methods/quorum.ts";
import type { Log } from "./chain.ts";

/** What happens to an attestation, of what participants act on; addresses in lower case. */
export type CaseEvent =
  | { name: "DrawScheduled"; uid: Hex; round: number; drawBlock: number; drawUntil: number }
  | { name: "PanelDrawn"; uid: Hex; round: number; members: Address[]; commitUntil: number; revealUntil: number }
  | { name: "PanelRefilled"; uid: Hex; members: Address[]; commitUntil: number; revealUntil: number }
  | { name: "VoteCommitted"; uid: Hex; member: Address }
  | { name: "RevealOpened"; uid: Hex; round: number; revealUntil: number }
  | { name: "VoteRevealed"; uid: Hex; member: Address; outputHash: Hex }
  | { name: "Attested"; uid: Hex; outputHash: Hex }
  | { name: "RevealEnded"; uid: Hex; round: number; revealUntil: number }
  | { name: "AppealOpened"; uid: Hex; appellant: Address }
  | { name: "Penalised"; uid: Hex; member: Address; amount: bigint }
  | { name: "StatusChanged"; uid: Hex; status: number };

/** All events that participants act on. */
export type Event = CaseEvent | { name: "Left"; member: Address };

const NAMES: ReadonlySet<string> = new Set<Event["name"]>([
  ...(["DrawScheduled", "PanelDrawn", "PanelRefilled", "VoteCommitted", "RevealOpened"] as const),
  ...(["VoteRevealed", "Attested", "RevealEnded", "AppealOpened", "Penalised", "StatusChanged", "Left"] as const),
]);

const bySelector = new Map<Hex, AbiEvent>(
  [...attestationRegistryAbi, ...quorumAbi]
    .filter((item) => item.type === "event")
    .filter(({ name }) => NAMES.has(name))
    .map((item) => [toEventSelector(item), item]),
);

/** Reads a log; undefined for an event that nobody acts on. */
export function readEvent({ topics, data }: Log): Event | undefined {
  const item = bySelector.get(topics[0]);
  if (item === undefined) return undefined;
  const { args } = decodeEventLog({ abi: [item], topics, data }) as unknown as { args: Record<string, unknown> };
  const fields = Object.entries(args).map(([name, value]) => [name === "id" ? "uid" : name, plain(name, value)]);
  return { name: item.name, ...Object.fromEntries(fields) } as Event;
}

/** Times and heights as numbers, addresses and hashes in lower case. */
function plain(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => plain(name, each));
  if (typeof value === "bigint") return name === "amount" ? value : Number(value);
  return typeof value === "string" ? value.toLowerCase() : value;
}
