import { getSignature } from "ox/AbiItem";
import type { Abi, AbiEvent, Address, DecodeEventLogReturnType, Hex } from "viem";
import { attestationRegistryAbi, campaignAbi, fraudProofAbi, modelRegistryAbi, quorumAbi } from "../../sdk/abi.ts";
import type { Deployment } from "../../sdk/deployment.ts";
import type { Log, LogFilter } from "../ingest/blocks.ts";
import { keccakHex } from "../ingest/keccak.ts";
import { compile, type EventReader } from "./layout.ts";
import { Refusal } from "./refusal.ts";

/** A log that is not what its contract can have emitted: the node that sent it can't be trusted. */
export class MalformedLog extends Error {
  override name = "MalformedLog";
}

/** Where an event stands on chain. */
export interface Place {
  blockNumber: number;
  logIndex: number;
}

type Decoded =
  | DecodeEventLogReturnType<typeof modelRegistryAbi>
  | DecodeEventLogReturnType<typeof attestationRegistryAbi>
  | DecodeEventLogReturnType<typeof campaignAbi>
  | DecodeEventLogReturnType<typeof quorumAbi>
  | DecodeEventLogReturnType<typeof fraudProofAbi>;

/** Any event of the deployment's contracts, its `eventName` telling which `args` it has. */
export type Event = Decoded & { place: Place };

export type EventName = Event["eventName"];

/** The event of one name. */
export type EventNamed<Name extends EventName> = Extract<Event, { eventName: Name }>;

/** Turns logs into events. */
export interface Decoder {
  /** What to ask nodes for. */
  filter: LogFilter;
  /** Throws {@link MalformedLog}. */
  decode(log: Pick<Log, "address" | "topics" | "data"> & Place): Event;
}

const abis: Record<string, Abi> = {
  ModelRegistry: modelRegistryAbi,
  AttestationRegistry: attestationRegistryAbi,
  Campaign: campaignAbi,
  Quorum: quorumAbi,
  FraudProof: fraudProofAbi,
};

/** The first topic of an event's logs. */
export const selectorOf = (event: AbiEvent): Hex => keccakHex(Buffer.from(getSignature(event)));

/** A decoder of the deployment's contracts. */
export function createDecoder(deployment: Deployment): Decoder {
  const contracts = new Map<string, Map<string, Known>>();
  for (const [name, { address }] of Object.entries(deployment.contracts)) {
    const events = (abis[name] ?? []).filter((item) => item.type === "event");
    if (events.length > 0) contracts.set(address.toLowerCase(), new Map(events.map((e) => [selectorOf(e), known(e)])));
  }

  return {
    filter: {
      addresses: [...contracts.keys()] as Address[],
      signatures: [...new Set([...contracts.values()].flatMap((events) => [...events.keys()]))] as Hex[],
    },
    decode({ address, topics, data, blockNumber, logIndex }) {
      const event = contracts.get(address)?.get(topics[0] as Hex);
      if (!event) throw new MalformedLog(`${address} has no event ${topics[0]} that is known.`);
      const { eventName } = event;
      try {
        return { eventName, args: event.read(topics, data), place: { blockNumber, logIndex } } as Event;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        throw new MalformedLog(`Log ${logIndex} of block ${blockNumber} is no well-formed ${eventName}.`);
      }
    },
  };
}

interface Known {
  eventName: string;
  read: EventReader;
}

const known = (event: AbiEvent): Known => ({ eventName: event.name, read: compile(event) });

// Of no attestation that must be found by them, or with traces that are too long to be read with each receipt.
const apart: readonly EventName[] = ["TaskAdded", "MethodAdded", "BatchAttested", "Traced"];

/** What the events of an attestation, a model or a point change are found by: its uid, its modelId, the points' subject. */
export function subjectOf(event: Event): Hex | null {
  const { args } = event as { args: { uid?: Hex; id?: Hex | number; modelId?: Hex; subject?: Hex } };
  if (apart.includes(event.eventName)) return null;
  return args.uid ?? (args.id as Hex | undefined) ?? args.subject ?? args.modelId ?? null;
}
