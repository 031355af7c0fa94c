import { from as parseAbi } from "ox/Abi";
import { getSignature } from "ox/AbiItem";
import type { Abi, AbiEvent, Address, DecodeEventLogReturnType, Hex } from "viem";
import {
  attestationRegistryAbi,
  badgesAbi,
  campaignAbi,
  coverAbi,
  inferenceRequestsAbi,
  modelRegistryAbi,
  profilesAbi,
  rewardsAbi,
  standingsAbi,
} from "../../sdk/abi.ts";
import type { Deployment } from "../../sdk/deployment.ts";
import { knownMethods, type MethodName, type methods } from "../../sdk/methods/index.ts";
import type { EventOf } from "../../sdk/methods/method.ts";
import type { Log, LogFilter } from "../ingest/blocks.ts";
import { keccakHex } from "../ingest/keccak.ts";
import { Refusal } from "./abi-words.ts";
import { compile, type EventReader } from "./event-reader.ts";

/** A log that is not what its contract can have emitted: the node that sent it can't be trusted. */
export class MalformedLog extends Error {
  override name = "MalformedLog";
}

/** Where an event is on chain. */
export interface LogLocation {
  blockNumber: number;
  logIndex: number;
}

type CoreEvent =
  | DecodeEventLogReturnType<typeof modelRegistryAbi>
  | DecodeEventLogReturnType<typeof attestationRegistryAbi>
  | DecodeEventLogReturnType<typeof campaignAbi>
  | DecodeEventLogReturnType<typeof standingsAbi>
  | DecodeEventLogReturnType<typeof rewardsAbi>
  | DecodeEventLogReturnType<typeof badgeEvents>
  | DecodeEventLogReturnType<typeof inferenceRequestsAbi>
  | DecodeEventLogReturnType<typeof coverAbi>
  | DecodeEventLogReturnType<typeof profilesAbi>;

/** Those of the contract's own interface, and ERC-721's: the rest of that are never emitted. */
export const badgeEvents = [
  ...badgesAbi,
  ...parseAbi(["event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)"]),
] as const;

type MethodEvent = { [Name in MethodName]: EventOf<(typeof methods)[Name]["abi"]> & { method: Name } }[MethodName];

/** A log of a method's contract that isn't registered here. */
interface UnknownEvent {
  eventName: "unknown";
  args: UnknownLog;
}

interface UnknownLog {
  contract: Address;
  /** The contract's numbers in the registry's list. */
  numbers: readonly number[];
  topics: readonly Hex[];
  data: Buffer;
}

/**
 * Any event of the contracts that are followed. `method` is the registered name of the method whose contract emitted it,
 * undefined for another contract's. It determines `args`, together with `eventName`.
 */
export type Event = (MethodEvent | ((CoreEvent | UnknownEvent) & { method: undefined })) & {
  /** The name of the core contract that emitted it: two may have events of one name. */
  contract?: string;
  /** The attestation, batch, model or request that it is about, by which it is indexed; null if it isn't indexed. */
  subject: Hex | null;
  location: LogLocation;
};

export type EventName = Event["eventName"];

/** The event of one name. */
export type EventNamed<Name extends EventName> = Extract<Event, { eventName: Name }>;

/** A method, from the registry's `MethodAdded`. */
export interface AddedMethod {
  /** Its number in the registry's list. */
  id: number;
  /** Lower case. */
  address: Address;
  /** Its contract's logs are wanted from this block on. */
  blockNumber: number;
}

/** A log as far as it is decoded. */
type Readable = Pick<Log, "address" | "topics" | "data"> & LogLocation;

/**
 * Turns logs into events. It knows the contracts that the deployment names, and those that the registry's `MethodAdded`
 * names; a method that isn't registered in sdk/methods gives events of the name "unknown".
 */
export interface Decoder {
  /** Which logs to request from nodes. */
  readonly filter: LogFilter;
  /**
   * Follows these methods and those that `MethodAdded` names among the logs, and no others. Returns true if {@link filter}
   * now includes more logs: what was read must be read again.
   */
  follow(methods: readonly AddedMethod[], logs?: readonly Pick<Log, "address" | "topics" | "blockNumber">[]): boolean;
  /** Throws {@link MalformedLog}. */
  decode(log: Readable): Event;
  /** The subject of the log's event; null also for a log that {@link decode} refuses. */
  subjectOf(log: Readable): Hex | null;
  /** Decodes a stored log. One that can't be read now was stored as "unknown", and is returned as "unknown" again. */
  decodeStored(log: Readable): Event;
}

/** The core contracts whose events are read, and which argument names the subject of an event. */
const core: Record<string, { abi: Abi; subjects: Record<string, string> }> = {
  ModelRegistry: {
    abi: modelRegistryAbi,
    // Not RowsPublished, which is large: a model's row says which there are.
    subjects: { ModelPublished: "modelId", UriAdded: "modelId" },
  },
  AttestationRegistry: {
    abi: attestationRegistryAbi,
    // Not BatchAttested: its traces are too large to load with every receipt.
    subjects: { Committed: "uid", Attested: "uid", StatusChanged: "id" },
  },
  Campaign: { abi: campaignAbi, subjects: { PointsAwarded: "subject", PointsBurned: "subject" } },
  Standings: { abi: standingsAbi, subjects: {} },
  Rewards: { abi: rewardsAbi, subjects: {} },
  Badges: { abi: badgeEvents, subjects: {} },
  InferenceRequests: {
    abi: inferenceRequestsAbi,
    // Not Requested and RequestAnswered, whose input and output can be large: rows say where they are.
    subjects: {
      ...{ RequestAccepted: "requestId", AcceptanceLapsed: "requestId", AnswerDelivered: "requestId" },
      ...{ AnswerSettled: "requestId", CalledBack: "requestId", RequestCancelled: "requestId" },
    },
  },
  Cover: { abi: coverAbi, subjects: { CoverLocked: "uid", CoverSettled: "uid" } },
  Profiles: { abi: profilesAbi, subjects: {} },
};

/** Most bytes of data with which a method's event is indexed by its attestation: more is too much for every receipt. */
const MOST_DATA = 4_096;

/** The first topic of an event's logs. */
export const selectorOf = (event: AbiEvent): Hex => keccakHex(Buffer.from(getSignature(event)));

const METHOD_ADDED = selectorOf(
  attestationRegistryAbi.find((item) => item.type === "event" && item.name === "MethodAdded") as AbiEvent,
);

interface Contract {
  /** By their first topics; undefined for an unknown method. */
  events: Map<Hex, Known> | undefined;
  /** As in {@link UnknownLog}. */
  numbers: readonly number[];
}

interface Known {
  method: string | undefined;
  contract: string | undefined;
  eventName: string;
  /** Position of the topic that names the subject; 0 where none does. */
  subject: number;
  read: EventReader;
}

/** A decoder of the deployment's contracts. */
export function createDecoder(deployment: Deployment): Decoder {
  const named = namedBy(deployment);
  const registry = lower(deployment.contracts.AttestationRegistry.address);
  let followed: readonly AddedMethod[] = [];
  let contracts = new Map(named);
  let filter = filterOf(contracts, followed);

  function decode(log: Readable): Event {
    const { address, topics, data, blockNumber, logIndex } = log;
    const contract = contracts.get(address);
    const known = contract?.events?.get(topics[0] as Hex);
    if (!known) {
      if (contract && !contract.events) return unknown(log, contract);
      throw new MalformedLog(`${address} has no event ${topics[0]} that is known.`);
    }
    const { method, contract: name, eventName } = known;
    try {
      return {
        method,
        contract: name,
        eventName,
        args: known.read(topics, data),
        subject: subjectIn(log, known),
        location: { blockNumber, logIndex },
      } as Event;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new MalformedLog(`Log ${logIndex} of block ${blockNumber} is no well-formed ${eventName}.`);
    }
  }

  return {
    get filter() {
      return filter;
    },
    follow(methods, logs = []) {
      const before = new Map(followed.map(({ address, blockNumber }) => [address, blockNumber]));
      const added = [...methods, ...addedBy(registry, logs)].filter(({ address }) => !named.has(address));
      if (sameMethods(added, followed)) return false;
      followed = added;
      contracts = new Map([...named, ...contractsOf(added)]);
      filter = filterOf(contracts, added);
      return added.some(({ address, blockNumber }) => blockNumber < (before.get(address) ?? Number.POSITIVE_INFINITY));
    },
    decode,
    subjectOf(log) {
      const contract = contracts.get(log.address);
      const known = contract?.events?.get(log.topics[0] as Hex);
      if (known) return subjectIn(log, known);
      return contract && !contract.events ? subjectOfUnknown(log) : null;
    },
    decodeStored(log) {
      try {
        return decode(log);
      } catch (error) {
        // The deployment's contracts were known when the log was stored, so the file is damaged.
        if (!(error instanceof MalformedLog) || named.has(log.address)) throw error;
        return unknown(log, contracts.get(log.address));
      }
    },
  };
}

const lower = (address: Address): Address => address.toLowerCase() as Address;

/** The contracts that the deployment names and whose events are known. */
function namedBy({ contracts }: Deployment): Map<Address, Contract> {
  const named = new Map<Address, Contract>();
  const add = (name: string, contract: Contract) => {
    const found = contracts[name];
    if (found) named.set(lower(found.address), contract);
  };
  for (const [name, { abi, subjects }] of Object.entries(core))
    add(name, {
      events: eventsOf(abi, { contract: name }, (event) => topicNamed(event, subjects[event.name])),
      numbers: [],
    });
  for (const [name, method] of knownMethods()) add(method.name, { events: methodEvents(name, method), numbers: [] });
  return named;
}

/** The contracts of added methods. */
function contractsOf(added: readonly AddedMethod[]): [Address, Contract][] {
  const numbers = Map.groupBy(added, ({ address }) => address);
  return [...numbers].map(([address, as]) => {
    const ids = as.map(({ id }) => id);
    const known = knownMethods().find(([, { id }]) => ids.includes(id));
    return [address, { events: known && methodEvents(...known), numbers: ids }];
  });
}

const methodEvents = (name: string, { abi }: { abi: Abi }): Map<Hex, Known> => eventsOf(abi, { method: name }, () => 1);

const eventsOf = (
  abi: Abi,
  { method, contract }: { method?: string; contract?: string },
  subjectOf: (event: AbiEvent) => number,
): Map<Hex, Known> =>
  new Map(
    abi
      .filter((item) => item.type === "event")
      .map((event) => [
        selectorOf(event),
        { method, contract, eventName: event.name, subject: subjectOf(event), read: compile(event) },
      ]),
  );

const topicNamed = ({ inputs }: AbiEvent, name: string | undefined): number =>
  1 + inputs.filter(({ indexed }) => indexed).findIndex((input) => input.name === name);

function filterOf(contracts: ReadonlyMap<Address, Contract>, added: readonly AddedMethod[]): LogFilter {
  const [known, whole] = [true, false].map((isKnown) =>
    [...contracts].filter(([, { events }]) => (events !== undefined) === isKnown),
  ) as [[Address, Contract][], [Address, Contract][]];
  return {
    addresses: known.map(([address]) => address),
    signatures: [...new Set(known.flatMap(([, { events = new Map() }]) => [...events.keys()]))],
    whole: whole.map(([address]) => address),
    // Where one is added twice, the first time counts.
    since: new Map(added.toReversed().map(({ address, blockNumber }) => [address, blockNumber])),
  };
}

/** The methods that the registry's `MethodAdded` names. */
function addedBy(registry: Address, logs: readonly Pick<Log, "address" | "topics" | "blockNumber">[]): AddedMethod[] {
  const added: AddedMethod[] = [];
  for (const { address, topics, blockNumber } of logs) {
    if (topics[0] !== METHOD_ADDED || address !== registry || topics.length !== 3) continue;
    const [, id, method] = topics as [Hex, Hex, Hex];
    added.push({ id: Number(id), address: `0x${method.slice(26)}`, blockNumber });
  }
  return added;
}

const sameMethods = (a: readonly AddedMethod[], b: readonly AddedMethod[]): boolean =>
  a.length === b.length &&
  a.every(({ id, address, blockNumber }, i) => {
    const other = b[i] as AddedMethod;
    return id === other.id && address === other.address && blockNumber === other.blockNumber;
  });

function subjectIn({ topics, data }: Readable, { method, subject }: Known): Hex | null {
  const isFound = subject > 0 && (method === undefined || data.length <= MOST_DATA);
  return isFound ? (topics[subject] ?? null) : null;
}

const subjectOfUnknown = ({ topics, data }: Readable): Hex | null => (data.length <= MOST_DATA && topics[1]) || null;

const unknown = (log: Readable, contract: Contract | undefined): Event => ({
  method: undefined,
  eventName: "unknown",
  args: { contract: log.address, numbers: contract?.numbers ?? [], topics: log.topics, data: log.data },
  subject: subjectOfUnknown(log),
  location: { blockNumber: log.blockNumber, logIndex: log.logIndex },
});
