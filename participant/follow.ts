import { type Address, isAddressEqual, parseEventLogs } from "viem";
import { attestationRegistryAbi } from "../sdk/abi.ts";
import type { Client } from "../sdk/client.ts";
import { sentenceOf } from "../sdk/errors.ts";
import { readRanges } from "../sdk/ranges.ts";
import { cover, inferenceRequests } from "../sdk/requests/contracts.ts";
import { standingsContract } from "../sdk/seasonEnd.ts";
import { type ChainState, emptyState, type FoldedContracts, foldLogs, type MinedLog } from "./chainState.ts";
import { type FollowOptions, followHeads, type Head, type Heads } from "./heads.ts";

/** A deployment's state, brought up to date once a block for all participants in this process. */
export interface ChainFollower {
  readonly client: Client;
  readonly heads: Heads;
  readonly state: ChainState;
  /**
   * Calls `listener` whenever a new block is folded, with whether blocks before it were reorganised; the returned function
   * stops that.
   */
  onState(listener: (state: ChainState, reorganised: boolean) => void): () => void;
}

/** How far back the chain is read again when its blocks change. */
const REORG_DEPTH = 64n;

/** Reads a deployment's events from its first block on and follows them until the signal. */
export async function followChain(client: Client, options: FollowOptions): Promise<ChainFollower> {
  const { signal, report } = options;
  const heads = await followHeads(client.rpc, options);
  const listeners = new Set<(state: ChainState, reorganised: boolean) => void>();
  const start = BigInt(client.deployment.startBlock);
  const { chainId, contracts: deployed } = client.deployment;
  const contracts: FoldedContracts = {
    chainId,
    attestationRegistry: client.contracts.attestationRegistry.address,
    campaign: client.contracts.campaign.address,
    standings: deployed[standingsContract.name]?.address,
    inferenceRequests: deployed[inferenceRequests.name]?.address,
    cover: deployed[cover.name]?.address,
  };
  let logs: MinedLog[] = [];
  let state = emptyState(heads.latest);

  const advance = async (from: bigint, head: Head): Promise<void> => {
    const found = await readLogs(client, contracts, state.attestations.methodAt.keys(), from, head.number);
    logs.push(...found);
    foldLogs(state, contracts, found);
    state.head = head;
  };

  const rewind = async (head: Head): Promise<void> => {
    const from = state.head.number > start + REORG_DEPTH ? state.head.number - REORG_DEPTH : start;
    const kept = logs.filter(({ blockNumber }) => blockNumber < from);
    const rewound = emptyState(head);
    foldLogs(rewound, contracts, kept);
    const found = await readLogs(client, contracts, rewound.attestations.methodAt.keys(), from, head.number);
    foldLogs(rewound, contracts, found);
    logs = [...kept, ...found];
    state = rewound;
  };

  const isReorganised = async (head: Head): Promise<boolean> => {
    const { number, hash } = state.head;
    if (head.number === number + 1n) return head.parentHash !== hash;
    if (head.number <= number) return head.hash !== hash;
    return (await client.rpc.getBlock({ blockNumber: number })).hash !== hash;
  };

  await advance(start, heads.latest);
  let following = false;
  heads.onHead(async () => {
    if (following) return;
    following = true;
    try {
      while (state.head.hash !== heads.latest.hash && !signal.aborted) {
        const head = heads.latest;
        const reorganised = await isReorganised(head);
        await (reorganised ? rewind(head) : advance(state.head.number + 1n, head));
        for (const listener of [...listeners]) listener(state, reorganised);
      }
    } catch (error) {
      // Tried again at the next head; heads report an RPC that doesn't answer.
      if (!signal.aborted) report(`Events of block ${heads.latest.number} couldn't be read: ${sentenceOf(error)}`);
    } finally {
      following = false;
    }
  });

  return {
    client,
    heads,
    get state() {
      return state;
    },
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/**
 * Reads the core contracts' logs and those of methods: of the known ones, and from its block on of each that the
 * registry appends between `from` and `to`.
 */
async function readLogs(
  { rpc }: Client,
  { attestationRegistry, campaign, standings, inferenceRequests, cover }: FoldedContracts,
  known: Iterable<string>,
  from: bigint,
  to: bigint,
) {
  const read = (address: Address[], first: bigint): Promise<MinedLog[]> =>
    readRanges(first, to, (fromBlock, toBlock) => rpc.getLogs({ address, fromBlock, toBlock }));
  const newer = [standings, inferenceRequests, cover].filter((address) => address !== undefined);
  const core = [attestationRegistry, campaign, ...newer];
  const addresses = new Set([...core, ...known].map(lower));
  const found = await read([...addresses], from);
  const registered = found.filter(({ address }) => isAddressEqual(address, attestationRegistry));
  const added = parseEventLogs({ abi: attestationRegistryAbi, eventName: "MethodAdded", logs: registered });
  const unread = added.filter(({ args: { method } }) => !addresses.has(lower(method)));
  const [first] = unread;
  if (first === undefined) return found;
  const theirs = await read([...new Set(unread.map(({ args: { method } }) => lower(method)))], first.blockNumber);
  return [...found, ...theirs].sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex);
}

const lower = (address: string) => address.toLowerCase() as Address;
