import {
  type Address,
  getAbiItem,
  type Hex,
  isAddressEqual,
  numberToHex,
  parseEventLogs,
  type RpcLog,
  toEventSelector,
} from "viem";
import { standingsAbi } from "../abi.ts";
import { type Client, contractOf, hasContract } from "../client.ts";
import type { Ledger } from "../ledger.ts";
import { growingRanges } from "../ranges.ts";
import { standingsContract } from "../seasonEnd.ts";
import { standingBytes } from "../standings.ts";
import { orderedTree } from "../tree.ts";
import type { Views } from "./calls.ts";
import { checkRewards, type RewardsAudit } from "./rewards.ts";

/** How a season ended, as far as it has. */
export interface SeasonEndAudit {
  isFrozen: boolean;
  /** The final order; undefined while there is none. */
  final: { poster: Address; chunks: number; participants: number; finalisedAt: number } | undefined;
  /** Undefined without rewards, and where the deployment has no Rewards. */
  rewards: RewardsAudit | undefined;
}

/** What a season's end is held against. */
export interface Ending {
  /** Folded from the events. */
  ledger: Ledger;
  blockNumber: bigint;
  views: Views;
}

const selectors = (["SeasonFrozen", "StandingsPosted", "SeasonFinalised"] as const).map((name) =>
  toEventSelector(getAbiItem({ abi: standingsAbi, name })),
);

/**
 * Checks how a season ended at a block: the frozen values and each chunk of the final order against the folded ledger, its
 * root recomputed, and what was claimed against the terms.
 */
export async function checkEnd(
  client: Client,
  seasonId: bigint,
  ending: Ending,
): Promise<{ end: SeasonEndAudit | undefined; differences: string[]; notChecked: string[] }> {
  if (!hasContract(client, standingsContract)) {
    const sentence = "Season's end: the deployment names no Standings, so nothing of it was checked.";
    return { end: undefined, differences: [], notChecked: [sentence] };
  }
  const { ledger, blockNumber, views } = ending;
  const contract = contractOf(client, standingsContract);
  const args = [seasonId] as const;
  const kept = await client.rpc.readContract({ ...contract, functionName: "endOf", args, blockNumber });
  const differences: string[] = [];
  let draft = beginDraft(ledger);
  const events = { frozen: 0, finalised: 0 };
  if (kept.frozen) {
    differences.push(...frozenFaults("Standings keeps", kept, ledger));
    for await (const event of readEvents(client, contract.address, seasonId, blockNumber)) {
      if (event.eventName === "SeasonFrozen") {
        events.frozen += 1;
        differences.push(...frozenFaults("SeasonFrozen says", event.args, ledger));
      } else if (event.eventName === "SeasonFinalised") {
        events.finalised += 1;
        if (!isAddressEqual(event.args.poster, kept.poster))
          differences.push(`SeasonFinalised names the poster ${event.args.poster}; Standings keeps ${kept.poster}.`);
      } else if (isAddressEqual(event.args.poster, kept.poster)) {
        if (event.args.firstRank === 1) draft = beginDraft(ledger);
        draft.add(event.args);
      }
    }
    if (events.frozen !== 1) differences.push(`The season is frozen; ${events.frozen} events say so.`);
  }
  const isFinal = kept.finalisedAt !== 0;
  if (isFinal) {
    if (events.finalised !== 1) differences.push(`The order is final; ${events.finalised} events say so.`);
    differences.push(...draft.faults, ...(await rootFaults(draft, views, contract, seasonId)));
    if (draft.next - 1 !== kept.participants)
      differences.push(
        `The final order's chunks hold ${draft.next - 1} accounts; the season has ${kept.participants}.`,
      );
  }
  const rewards = await checkRewards(client, seasonId, { ...ending, end: kept });
  const { poster, participants, finalisedAt } = kept;
  const final = isFinal ? { poster, participants, finalisedAt, chunks: draft.roots.length } : undefined;
  return {
    end: { isFrozen: kept.frozen, final, rewards: rewards.rewards },
    differences: [...differences, ...rewards.differences],
    notChecked: rewards.notChecked,
  };
}

interface Frozen {
  participants: number;
  totalPoints: bigint;
  seq?: bigint;
  ledgerHash?: Hex;
}

function frozenFaults(who: string, frozen: Frozen, ledger: Ledger): string[] {
  const { seq, ledgerHash, totalPoints, standings } = ledger;
  const expected = { participants: standings.length, totalPoints, seq, ledgerHash };
  return (Object.keys(expected) as (keyof Frozen)[])
    .filter((field) => frozen[field] !== undefined && frozen[field] !== expected[field])
    .map(
      (field) =>
        `${who} that the frozen season's ${field} is ${frozen[field]}; from its events it is ${expected[field]}.`,
    );
}

/** A draft's chunks, each held against the order of the ledger as it comes. */
interface Draft {
  /** Place of the account after the last chunk. */
  next: number;
  roots: { first: number; root: Hex }[];
  faults: string[];
  add(chunk: { firstRank: number; chunkRoot: Hex; accounts: readonly Address[] }): void;
}

function beginDraft({ standings }: Ledger): Draft {
  const draft: Draft = {
    next: 1,
    roots: [],
    faults: [],
    add({ firstRank: first, chunkRoot, accounts }) {
      const chunk = `The chunk from place ${first} on`;
      if (first !== draft.next) draft.faults.push(`${chunk} was posted where place ${draft.next} comes next.`);
      draft.next = first + accounts.length;
      const own = standings.slice(first - 1, draft.next - 1);
      const wrong = accounts.findIndex((account, i) => !own[i] || !isAddressEqual(account, own[i].account));
      if (wrong !== -1) {
        const expected = own[wrong]?.account ?? "nobody";
        draft.faults.push(
          `Place ${first + wrong} of the final order has ${accounts[wrong]}; by the ledger it has ${expected}.`,
        );
        return;
      }
      const { root } = orderedTree(own.map(standingBytes));
      if (root !== chunkRoot) draft.faults.push(`${chunk} has the root ${root}; StandingsPosted says ${chunkRoot}.`);
      draft.roots.push({ first, root: chunkRoot });
    },
  };
  return draft;
}

async function rootFaults(
  { roots }: Draft,
  views: Views,
  contract: { address: Address; abi: typeof standingsAbi },
  seasonId: bigint,
): Promise<string[]> {
  const kept = await views.read(
    roots.map(({ first }) => ({ ...contract, functionName: "finalRootOf", args: [seasonId, first] })),
  );
  return roots.flatMap(({ first, root }, i) =>
    kept[i] === root
      ? []
      : [`The chunk from place ${first} on was posted with the root ${root}; Standings keeps ${kept[i]}.`],
  );
}

/** Answers with fewer logs have room for twice as many blocks: a log may be a chunk of thousands of accounts. */
const FEW_LOGS = 8;

async function* readEvents({ rpc, deployment }: Client, address: Address, seasonId: bigint, toBlock: bigint) {
  const topics = [selectors, numberToHex(seasonId, { size: 32 })];
  const read = (from: bigint, to: bigint): Promise<RpcLog[]> =>
    rpc.request({
      method: "eth_getLogs",
      params: [{ address, topics, fromBlock: numberToHex(from), toBlock: numberToHex(to) }],
    });
  const isSmall = ({ length }: RpcLog[]) => length < FEW_LOGS;
  for await (const { found } of growingRanges(BigInt(deployment.startBlock), toBlock, read, isSmall))
    yield* parseEventLogs({ abi: standingsAbi, logs: found, strict: true });
}
