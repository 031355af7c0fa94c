import {
  type Abi,
  type AbiEvent,
  type Address,
  type DecodeEventLogReturnType,
  decodeAbiParameters,
  decodeEventLog,
  encodeAbiParameters,
  encodeEventTopics,
  type Hex,
  toEventSelector,
} from "viem";
import { attestationRegistryAbi, campaignAbi, fraudProofAbi, modelRegistryAbi, quorumAbi } from "../../sdk/abi.ts";
import type { Deployment } from "../../sdk/deployment.ts";
import type { Log, LogFilter } from "../ingest/blocks.ts";

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

/** A decoder of the deployment's contracts. */
export function createDecoder(deployment: Deployment): Decoder {
  const events = new Map<string, AbiEvent>();
  for (const [name, { address }] of Object.entries(deployment.contracts))
    for (const item of abis[name] ?? [])
      if (item.type === "event") events.set(`${address.toLowerCase()} ${toEventSelector(item)}`, item);

  return {
    filter: {
      addresses: [...new Set([...events.keys()].map((key) => key.slice(0, 42) as Address))],
      signatures: [...new Set([...events.keys()].map((key) => key.slice(43) as Hex))],
    },
    decode(log) {
      const event = events.get(`${log.address} ${log.topics[0]}`);
      if (!event) throw new MalformedLog(`${log.address} has no event ${log.topics[0]} that is known.`);
      return { ...decodeExactly(event, log), place: { blockNumber: log.blockNumber, logIndex: log.logIndex } } as Event;
    },
  };
}

// Of no statement that must be found by them, or with traces that are too long to be read with each receipt.
const apart: readonly EventName[] = ["TaskAdded", "MethodAdded", "BatchAttested", "Traced"];

/** What the events of a statement, a model or a point change are found by: its uid, its modelId, the points' subject. */
export function subjectOf(event: Event): Hex | null {
  const { args } = event as { args: { uid?: Hex; id?: Hex | number; modelId?: Hex; subject?: Hex } };
  if (apart.includes(event.eventName)) return null;
  return args.uid ?? (args.id as Hex | undefined) ?? args.subject ?? args.modelId ?? null;
}

// A contract encodes in one way only, so what doesn't encode back to the same bytes wasn't emitted by one. Strings are
// compared as bytes: anyone may publish one that is no UTF-8.
function decodeExactly(event: AbiEvent, log: Pick<Log, "address" | "topics" | "data"> & Place) {
  const { topics, data } = log;
  const plain = event.inputs
    .filter((input) => !input.indexed)
    .map((input) => (input.type === "string" ? { ...input, type: "bytes" } : input));
  try {
    const decoded = decodeEventLog({ abi: [event], topics: topics as [Hex, ...Hex[]], data });
    const sameTopics = encodeEventTopics({ abi: [event], args: decoded.args }).join() === topics.join();
    if (sameTopics && encodeAbiParameters(plain, decodeAbiParameters(plain, data)) === data) return decoded;
  } catch (error) {
    throw new MalformedLog(malformed(event, log), { cause: error });
  }
  throw new MalformedLog(malformed(event, log));
}

const malformed = (event: AbiEvent, log: Place): string =>
  `Log ${log.logIndex} of block ${log.blockNumber} is no well-formed ${event.name}.`;
