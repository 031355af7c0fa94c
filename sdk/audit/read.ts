import { type AbiEvent, type Hex, numberToHex, parseEventLogs, type RpcLog, toEventSelector } from "viem";
import { attestationRegistryAbi, campaignAbi } from "../abi.ts";
import { countOf, type RecordedAttestation, type RecordingEvent, recordedBy } from "../attestations.ts";
import type { Client } from "../client.ts";
import { unitWithin } from "../contexts.ts";
import { encodeHeader, HeaderMismatchError, type RpcHeader } from "../headers.ts";
import { growingRanges } from "../ranges.ts";
import type { RegistryRecord, UnitsAttestation } from "../rules.ts";
import type { PlacedEntry } from "./entries.ts";

/** A block by number and hash. */
export interface Block {
  number: bigint;
  hash: Hex;
}

/** What consecutive blocks say of a season. */
export interface Part {
  /** The last one of them. */
  block: Block;
  /** Attestations of the season's units, each with the name of its fields; twice where an answer was opened later. */
  attestations: UnitsAttestation[];
  entries: PlacedEntry[];
  /** What the registry keeps of the entries' subjects; settled, so it stays. */
  records: [Hex, RegistryRecord][];
  /** Sentences about names, of any season, that don't fit their events' fields. */
  wrong: string[];
}

/** Logs of one answer: with fewer, the next range is twice as long. */
const FEW_LOGS = 1_500;

const abi = [...attestationRegistryAbi, ...campaignAbi];
const recording = ["Committed", "Attested", "BatchAttested"] as const;
const selectors = [...recording, "PointsAwarded", "PointsBurned"].map((name) =>
  toEventSelector(abi.find((item) => item.type === "event" && item.name === name) as AbiEvent),
);

/** What blocks `from` to `to` say of a season, but for the records: one call a range. */
export async function* readParts(
  client: Client,
  seasonId: bigint,
  from: bigint,
  to: bigint,
): AsyncGenerator<Omit<Part, "records" | "block"> & { to: bigint }> {
  const { attestationRegistry, campaign } = client.contracts;
  const address = [attestationRegistry.address, campaign.address];
  const readLogs = (fromBlock: bigint, toBlock: bigint): Promise<RpcLog[]> =>
    client.rpc.request({
      method: "eth_getLogs",
      params: [{ address, topics: [selectors], fromBlock: numberToHex(fromBlock), toBlock: numberToHex(toBlock) }],
    });
  const isSmall = ({ length }: RpcLog[]) => length < FEW_LOGS;
  for await (const { to: end, found } of growingRanges(from, to, readLogs, isSmall))
    yield { ...decode(client, seasonId, found), to: end };
}

/** A block, whose header is encoded here again; one whose hash isn't its encoding's is told to `onUnhashed`. */
export async function readBlock(
  { rpc }: Client,
  at: bigint | "latest",
  onUnhashed: (error: HeaderMismatchError) => void,
): Promise<Block> {
  const tag = at === "latest" ? at : numberToHex(at);
  const header = (await rpc.request({ method: "eth_getBlockByNumber", params: [tag, false] })) as RpcHeader | null;
  if (!header?.number || !header.hash) throw new Error(`The RPC has no block ${at}.`);
  try {
    encodeHeader(header);
  } catch (error) {
    if (!(error instanceof HeaderMismatchError)) throw error;
    onUnhashed(error);
  }
  return { number: BigInt(header.number), hash: header.hash };
}

/** A block's hash by now; undefined where there is no such block. */
export async function hashOf({ rpc }: Client, number: bigint): Promise<Hex | undefined> {
  const block = await rpc.request({ method: "eth_getBlockByNumber", params: [numberToHex(number), false] });
  return block?.hash ?? undefined;
}

function decode(client: Client, seasonId: bigint, logs: RpcLog[]): Omit<Part, "records" | "block"> {
  const { deployment, contracts } = client;
  const part = { attestations: [] as UnitsAttestation[], entries: [] as PlacedEntry[], wrong: [] as string[] };
  for (const event of parseEventLogs({
    abi,
    logs,
    eventName: [...recording, "PointsAwarded", "PointsBurned"],
    strict: true,
  })) {
    const blockNumber = BigInt(event.blockNumber ?? 0n);
    if (event.eventName === "PointsAwarded" || event.eventName === "PointsBurned") {
      const { account, subject, reason, amount, seq } = event.args;
      const delta = event.eventName === "PointsAwarded" ? amount : -amount;
      if (event.args.seasonId === seasonId)
        part.entries.push({ seasonId, account, subject, reason, delta, seq, blockNumber });
      continue;
    }
    const { recorded, faults } = recordedBy(
      { ...event, blockNumber } as RecordingEvent,
      deployment.chainId,
      contracts.attestationRegistry.address,
    );
    part.wrong.push(...faults);
    const attestation = faults.length === 0 && unitsOf(recorded, client, seasonId);
    if (attestation) part.attestations.push(attestation);
  }
  return part;
}

/** What an attestation says about units of the season; undefined when it is about something else. */
function unitsOf(recorded: RecordedAttestation, { contracts }: Client, seasonId: bigint): UnitsAttestation | undefined {
  const { prover, method, modelId, context } = recorded.message;
  const units = unitWithin(context, contracts.campaign.address);
  if (units?.seasonId !== seasonId) return undefined;
  const { id, blockNumber } = recorded;
  const { taskId, unit } = units;
  const inputHash = recorded.kind === "single" ? recorded.message.inputHash : null;
  return { id, prover, method, modelId, taskId, unit, count: countOf(recorded), inputHash, blockNumber };
}
