import { type Address, getAddress } from "viem";
import { type Client, hasContract } from "./client.ts";
import { bondedMethods } from "./methods/index.ts";
import { type RangeProgress, readRanges } from "./ranges.ts";

/** An account's bond with one holder, in wei. */
export interface Holding {
  holder: Address;
  /** The holder's name in the deployment; undefined for another contract. */
  name: string | undefined;
  free: bigint;
  locked: bigint;
  unbonding: bigint;
  /** When what is unbonding may be withdrawn, unix seconds; undefined if nothing is. */
  withdrawableAt: number | undefined;
}

/** Where an account's money is at a block, in wei. */
export interface Money {
  account: Address;
  blockNumber: bigint;
  /** The block's time, unix seconds. */
  timestamp: number;
  balance: bigint;
  bonds: Holding[];
  /** What holders paid it and `Bonds.claim` pays out. */
  claimable: bigint;
  /** Seasons in which it owes points for what was refuted. */
  debts: { seasonId: bigint; owed: bigint }[];
}

/**
 * What went through an account's bonds, in wei. Of each holder: deposited = bonds held + withdrawn + paid + burned; of the
 * account: received = claimable + claimed.
 */
export interface Flows {
  deposited: bigint;
  withdrawn: bigint;
  /** Taken from its bonds for others: fees, and half of what it lost. */
  paid: bigint;
  burned: bigint;
  /** Paid to it from others' bonds, or from its own. */
  received: bigint;
  claimed: bigint;
}

/** Contracts that may hold bonds, each with its name: those of the deployment's methods that lock money. */
export const holdersOf = (client: Client): { name: string; address: Address }[] =>
  bondedMethods().flatMap(({ name }) => {
    const found = hasContract(client, { name }) ? client.deployment.contracts[name] : undefined;
    return found ? [{ name, address: getAddress(found.address) }] : [];
  });

/** Reads an account's bond with one holder. */
export async function readHolding(
  { rpc, contracts: { bonds } }: Client,
  { holder, name }: Pick<Holding, "holder" | "name">,
  account: Address,
  blockNumber?: bigint,
): Promise<Holding> {
  const at = { ...bonds, ...(blockNumber !== undefined && { blockNumber }) };
  const bond = await rpc.readContract({ ...at, functionName: "bondOf", args: [holder, account] });
  const { free, locked, unbonding, withdrawableAt } = bond;
  return { holder, name, free, locked, unbonding, withdrawableAt: unbonding > 0n ? Number(withdrawableAt) : undefined };
}

/**
 * Reads where an account's money is, at the newest block: its bonds with the deployment's methods.
 *
 * @param others Further holders to ask about.
 */
export async function readMoney(client: Client, account: Address, others: readonly Address[] = []): Promise<Money> {
  const { rpc, contracts } = client;
  const { number: blockNumber, timestamp } = await rpc.getBlock({ blockTag: "latest" });
  const named = holdersOf(client).map(({ name, address: holder }) => ({ holder, name }));
  const known = new Set(named.map(({ holder }) => holder));
  const unnamed = [...new Set(others)].filter((holder) => !known.has(holder));
  const holders = [...named, ...unnamed.map((holder) => ({ holder, name: undefined }))];
  const campaign = { ...contracts.campaign, blockNumber };
  const [balance, claimable, count, bonds] = await Promise.all([
    rpc.getBalance({ address: account, blockNumber }),
    rpc.readContract({ ...contracts.bonds, functionName: "claimableOf", args: [account], blockNumber }),
    rpc.readContract({ ...campaign, functionName: "seasonCount" }),
    Promise.all(holders.map((each) => readHolding(client, each, account, blockNumber))),
  ]);
  const debts: Money["debts"] = [];
  for (let seasonId = 1n; seasonId <= count; seasonId++) {
    const [, , owed] = await rpc.readContract({ ...campaign, functionName: "entryOf", args: [seasonId, account] });
    if (owed > 0n) debts.push({ seasonId, owed });
  }
  return { account, blockNumber, timestamp: Number(timestamp), balance, bonds, claimable, debts };
}

/**
 * Reads what went through an account's bonds up to a block, and the holders that it deposited with.
 *
 * @param from The first block that counts; defaults to the deployment's.
 */
export async function readFlows(
  { rpc, contracts: { bonds }, deployment: { startBlock } }: Client,
  account: Address,
  upTo: bigint,
  { from = BigInt(startBlock), onProgress }: { from?: bigint; onProgress?: RangeProgress } = {},
): Promise<Flows & { holders: Address[] }> {
  const flows: Flows = { deposited: 0n, withdrawn: 0n, paid: 0n, burned: 0n, received: 0n, claimed: 0n };
  const holders = new Set<Address>();
  const read = async (fromBlock: bigint, toBlock: bigint) => {
    const range = { ...bonds, strict: true, fromBlock, toBlock } as const;
    const [deposited, withdrawn, paid, burned, received, claimed] = await Promise.all([
      rpc.getContractEvents({ ...range, eventName: "Deposited", args: { account } }),
      rpc.getContractEvents({ ...range, eventName: "Withdrawn", args: { account } }),
      rpc.getContractEvents({ ...range, eventName: "Paid", args: { from: account } }),
      rpc.getContractEvents({ ...range, eventName: "Burned", args: { account } }),
      rpc.getContractEvents({ ...range, eventName: "Paid", args: { to: account } }),
      rpc.getContractEvents({ ...range, eventName: "Claimed", args: { account } }),
    ]);
    for (const { args } of deposited) holders.add(getAddress(args.holder));
    return Object.entries({ deposited, withdrawn, paid, burned, received, claimed }).map(([kind, events]) => ({
      kind: kind as keyof Flows,
      amount: events.reduce((sum, { args }) => sum + args.amount, 0n),
    }));
  };
  for (const { kind, amount } of await readRanges(from, upTo, read, onProgress)) flows[kind] += amount;
  return { ...flows, holders: [...holders] };
}
