import { type Address, formatLog, type Hex, hexToBytes, type Log, numberToHex, parseEventLogs } from "viem";
import { attestationRegistryAbi, campaignAbi } from "./abi.ts";
import type { Client } from "./client.ts";
import { type Answer, type Attestation, answerHash, attestationUid, type Batch, batchId } from "./commitments.ts";
import { unitOf } from "./contexts.ts";
import { mayBeRootOnly, methodById } from "./methods/index.ts";
import type { Judged } from "./methods/method.ts";
import { Status } from "./protocol.ts";
import { growingRanges, type RangeProgress, readRanges } from "./ranges.ts";
import { leavesOf, orderedTree } from "./tree.ts";

/** What a prover says, as the chain recorded it: of one run, or of many consecutive units at once. */
export type RecordedAttestation = RecordedSingle | RecordedBatch;

interface Recorded {
  /** Its name, the EIP-712 digest of `message`. */
  id: Hex;
  /** Where it was recorded. */
  blockNumber: bigint;
  transactionHash: Hex;
}

export interface RecordedSingle extends Recorded {
  kind: "single";
  /** What was signed. */
  message: Attestation;
  /** The opened `message.answer`; undefined while it is hidden. */
  answer: Answer | undefined;
}

export interface RecordedBatch extends Recorded {
  kind: "batch";
  /** What was signed. */
  message: Batch;
}

/** An attestation and everything that happened to it. */
export type AttestationState = SingleState | BatchState;

export type SingleState = RecordedSingle & Outcome;

export type BatchState = RecordedBatch &
  Outcome & {
    /** Each unit's activations A_1 ‖ … ‖ A_L; empty where the root alone was attested. */
    leaves: Uint8Array[];
  };

interface Outcome {
  /** As the registry counts: {@link Status}. */
  status: number;
  /** The account whose transaction settled it; undefined while it is pending. */
  settledBy: Address | undefined;
  /** Points were awarded or burned for it. */
  inLedger: boolean;
  /** What the method's own events say; read it by {@link detailOf}. */
  detail: object;
}

/** Number of units or runs that an attestation is about. */
export const countOf = (attestation: RecordedAttestation): number =>
  attestation.kind === "batch" ? attestation.message.count : 1;

/** What a method's own events say of an attestation; undefined of one under another method. */
export const detailOf = <Detail extends object>(
  method: { id: number; begin(): Detail },
  { message, detail }: AttestationState,
): Detail | undefined => (message.method === method.id ? (detail as Detail) : undefined);

/** What an assurance's words depend on. */
export const judgedOf = (attestation: AttestationState): Judged => ({
  status: attestation.status,
  isBatch: attestation.kind === "batch",
  count: countOf(attestation),
  firstUnit: unitOf(attestation.message.context)?.unit,
  outputHash: (attestation.kind === "single" && attestation.answer?.outputHash) || null,
  isPaid: attestation.inLedger && attestation.status === Status.verified,
});

/** Attestations by id, and the contracts of their methods: folded from a deployment's logs. */
export interface Attestations {
  byId: Map<Hex, AttestationState>;
  /** Numbers of the registry's methods, by address in lower case. */
  methodAt: Map<string, number>;
}

export const noAttestations = (): Attestations => ({ byId: new Map(), methodAt: new Map() });

/** A log that a block holds. */
type MinedLog = Log<bigint, number, false>;

/**
 * Folds logs, in the order of the chain, into what is known of attestations; passes over what isn't about any. Events
 * of a method that isn't known here are ignored too; the registry's own events are still folded.
 *
 * @param contracts Addresses in any case.
 */
export function foldAttestations(
  into: Attestations,
  { attestationRegistry, campaign }: { attestationRegistry: Address; campaign: Address },
  logs: readonly MinedLog[],
): void {
  const [registry, ledger] = [attestationRegistry.toLowerCase(), campaign.toLowerCase()];
  for (const log of logs) {
    const emitter = log.address.toLowerCase();
    if (emitter === registry) foldRegistry(into, log);
    else if (emitter === ledger) foldLedgerEntry(into, log);
    else foldMethod(into, into.methodAt.get(emitter), log);
  }
}

function foldRegistry({ byId, methodAt }: Attestations, log: MinedLog): void {
  const [event] = parseEventLogs({ abi: attestationRegistryAbi, logs: [log] });
  switch (event?.eventName) {
    case "MethodAdded":
      methodAt.set(event.args.method.toLowerCase(), event.args.id);
      break;
    case "Committed": {
      const recorded = committedOf(event.args, log);
      byId.set(recorded.id, begin(recorded));
      break;
    }
    case "Attested": {
      const recorded = singleOf(event.args, log);
      const known = byId.get(recorded.id);
      if (known?.kind === "single") known.answer = recorded.answer;
      else byId.set(recorded.id, begin(recorded));
      break;
    }
    case "BatchAttested": {
      const { id, traces, ...message } = event.args;
      const leaves = traces === "0x" ? [] : leavesOf(hexToBytes(traces), message.count);
      byId.set(id, { ...begin({ kind: "batch", id, message, ...locationOf(log) }), leaves });
      break;
    }
    case "StatusChanged": {
      const { id, status, by } = event.args;
      const known = byId.get(id);
      if (known) Object.assign(known, { status, settledBy: by });
      break;
    }
  }
}

function foldLedgerEntry({ byId }: Attestations, log: MinedLog): void {
  const [event] = parseEventLogs({ abi: campaignAbi, logs: [log], eventName: ["PointsAwarded", "PointsBurned"] });
  const known = event && byId.get(event.args.subject);
  if (known) known.inLedger = true;
}

function foldMethod({ byId }: Attestations, number: number | undefined, log: MinedLog): void {
  const method = number === undefined ? undefined : methodById(number);
  const known = log.topics[1] && byId.get(log.topics[1]);
  if (!method || !known || known.message.method !== number) return;
  const [event] = parseEventLogs({ abi: method.abi, logs: [log] });
  if (event) method.fold(known.detail as never, event as never);
}

function begin<T extends RecordedAttestation>(recorded: T): T & Outcome {
  const detail = methodById(recorded.message.method)?.begin() ?? {};
  return { ...recorded, status: Status.pending, settledBy: undefined, inLedger: false, detail };
}

/** Where an event was mined. */
type Mined = Pick<MinedLog, "blockNumber" | "transactionHash">;

const locationOf = ({ blockNumber, transactionHash }: Mined) => ({ blockNumber, transactionHash });

/** A hidden attestation, from `Committed`. */
function committedOf({ uid, ...message }: Attestation & { uid: Hex }, log: Mined): RecordedSingle {
  return { kind: "single", id: uid, message, answer: undefined, ...locationOf(log) };
}

/** A single attestation, from `Attested`; its `answer` hash is recomputed from what the event opens. */
function singleOf(args: Omit<Attestation, "answer"> & Answer & { uid: Hex }, log: Mined): RecordedSingle {
  const { uid, outputHash, traceHash, salt, prover, method, modelId, inputHash, context } = args;
  const message = { prover, method, modelId, inputHash, context, answer: answerHash(prover, args) };
  return { kind: "single", id: uid, message, answer: { outputHash, traceHash, salt }, ...locationOf(log) };
}

/**
 * Reads one attestation and all that became of it; undefined where the chain knows none of that name.
 *
 * @param fromBlock The first block that may tell of it; defaults to the deployment's.
 */
export async function readAttestation(
  client: Client,
  id: Hex,
  fromBlock = BigInt(client.deployment.startBlock),
): Promise<AttestationState | undefined> {
  const { rpc, contracts } = client;
  const { attestationRegistry, campaign } = contracts;
  const toBlock = await rpc.getBlockNumber({ cacheTime: 0 });
  const about = async (address: Address, topics: (Hex | null)[]): Promise<MinedLog[]> => {
    const read = (from: bigint, to: bigint) => {
      const range = { fromBlock: numberToHex(from), toBlock: numberToHex(to) };
      return rpc.request({ method: "eth_getLogs", params: [{ address, topics, ...range }] });
    };
    const logs: MinedLog[] = [];
    for await (const { found } of growingRanges(fromBlock, toBlock, read, ({ length }) => length < FEW_LOGS))
      logs.push(...found.map((log) => formatLog(log) as MinedLog));
    return logs;
  };
  const { method } = await rpc.readContract({ ...attestationRegistry, functionName: "recordOf", args: [id] });
  const into = noAttestations();
  const of =
    method === 0
      ? undefined
      : await rpc.readContract({ ...attestationRegistry, functionName: "methodAt", args: [method] });
  if (of) into.methodAt.set(of.toLowerCase(), method);
  const logs = [
    about(attestationRegistry.address, [null, id]),
    about(campaign.address, [null, null, null, id]),
    ...(of ? [about(of, [null, id])] : []),
  ];
  const found = (await Promise.all(logs)).flat().sort(inOrder);
  foldAttestations(into, { attestationRegistry: attestationRegistry.address, campaign: campaign.address }, found);
  return into.byId.get(id);
}

/** An answer of fewer logs has room for twice as many blocks. */
const FEW_LOGS = 100;

const inOrder = (a: { blockNumber: bigint; logIndex: number }, b: { blockNumber: bigint; logIndex: number }): number =>
  Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex;

/**
 * Reads the attestations recorded up to block `toBlock`, or only those named by `ids`, and recomputes every name from
 * its event's fields, and a batch's root from its traces, which are not kept. What disagrees ends up in `wrong`, as a
 * sentence.
 */
export async function readAttestations(
  { rpc, contracts: { attestationRegistry }, deployment: { chainId, startBlock } }: Client,
  toBlock: bigint,
  ids?: readonly Hex[],
  onProgress?: RangeProgress,
): Promise<{ attestations: Map<Hex, RecordedAttestation>; wrong: string[] }> {
  const { address } = attestationRegistry;
  const attestations = new Map<Hex, RecordedAttestation>();
  const wrong: string[] = [];
  const read = async (fromBlock: bigint, end: bigint): Promise<RecordedAttestation[]> => {
    const range = { ...attestationRegistry, strict: true, fromBlock, toBlock: end } as const;
    const uid = ids && [...ids];
    const [committed, attested, batches] = await Promise.all([
      rpc.getContractEvents({ ...range, eventName: "Committed", ...(uid && { args: { uid } }) }),
      rpc.getContractEvents({ ...range, eventName: "Attested", ...(uid && { args: { uid } }) }),
      rpc.getContractEvents({ ...range, eventName: "BatchAttested", ...(uid && { args: { id: uid } }) }),
    ]);
    return [...committed, ...attested, ...batches].sort(inOrder).map((event) => {
      const { recorded, faults } = recordedBy(event, chainId, address);
      wrong.push(...faults);
      return recorded;
    });
  };
  for (const found of await readRanges(BigInt(startBlock), toBlock, read, onProgress)) {
    const known = attestations.get(found.id);
    if (known?.kind === "single" && found.kind === "single") known.answer ??= found.answer;
    else if (!known) attestations.set(found.id, found);
  }
  return { attestations, wrong };
}

/** An event by which the registry records an attestation or batch, or opens an answer. */
export type RecordingEvent = Mined &
  (
    | { eventName: "Committed"; args: Attestation & { uid: Hex } }
    | { eventName: "Attested"; args: Omit<Attestation, "answer"> & Answer & { uid: Hex } }
    | { eventName: "BatchAttested"; args: AttestedBatch }
  );

/** What such an event records, and a sentence for each name or root that doesn't fit the event's other fields. */
export function recordedBy(
  event: RecordingEvent,
  chainId: number,
  attestationRegistry: Address,
): { recorded: RecordedAttestation; faults: string[] } {
  const { eventName, transactionHash, blockNumber } = event;
  const location = { transactionHash, blockNumber };
  const sentenceOf = (fault: string) => `${eventName} in transaction ${transactionHash} ${fault}.`;
  if (event.eventName === "BatchAttested") {
    const { id, traces: _, ...message } = event.args;
    const faults = batchFaults(chainId, attestationRegistry, event.args).map(sentenceOf);
    return { recorded: { kind: "batch", id, message, ...location }, faults };
  }
  const single = event.eventName === "Attested" ? singleOf(event.args, location) : committedOf(event.args, location);
  const digest = attestationUid(chainId, attestationRegistry, single.message);
  const fault = `names ${single.id}; its fields have the digest ${digest}`;
  return { recorded: single, faults: digest === single.id ? [] : [sentenceOf(fault)] };
}

/** The contents of `BatchAttested`. */
export type AttestedBatch = Batch & { id: Hex; traces: Hex };

/**
 * Contradictions within a batch's event; none if its id fits its fields, and its root its traces, unless its method may do
 * without them.
 */
export function batchFaults(chainId: number, attestationRegistry: Address, { id, traces, ...batch }: AttestedBatch) {
  const faults: string[] = [];
  const digest = batchId(chainId, attestationRegistry, batch);
  if (digest !== id) faults.push(`names ${id}; its fields have the digest ${digest}`);
  if (batch.count > 0 && traces === "0x" && mayBeRootOnly(batch.method)) return faults;
  const bytes = hexToBytes(traces);
  if (batch.count === 0 || bytes.length === 0 || bytes.length % batch.count !== 0)
    return [...faults, `carries ${bytes.length} bytes, which are not the traces of ${batch.count} units`];
  const { root } = orderedTree(leavesOf(bytes, batch.count));
  if (root !== batch.root) faults.push(`names the root ${batch.root}; its traces have the root ${root}`);
  return faults;
}
