import { type Address, encodeFunctionData, type Hex } from "viem";
import { type Client, contractOf } from "../client.ts";
import { RevertError } from "../errors.ts";
import { refusalOf } from "../gas.ts";
import { type RangeProgress, readRanges } from "../ranges.ts";
import { quorum } from "./quorum.ts";

/** A seat that its member has still to serve. */
export interface OpenSeat {
  uid: Hex;
  round: number;
  /** What it has still to do: commit and then reveal its vote, or only reveal it. */
  owes: "vote" | "reveal";
  /** Until when, unix seconds. */
  until: number;
}

/** What Quorum knows of a verifier. */
export interface Member {
  isMember: boolean;
  /** When the bond of one who left may be released, unix seconds; undefined for one who never left. */
  bondFreeAt: number | undefined;
  /** Losses of its bond, in wei, oldest first. */
  penalties: { uid: Hex; amount: bigint }[];
  openSeats: OpenSeat[];
}

/** What joining the list takes of an account now. */
export type Joining =
  | { can: "not"; why: "member" }
  /** `until` in unix seconds. */
  | { can: "later"; until: bigint }
  /** What it has to deposit before, in wei, and what it locks then; zero where its free bond is enough. */
  | { can: "now"; deposit: bigint; lock: bigint };

/** Asks the contract what an account's `join` would give. */
export async function readJoining(client: Client, account: Address): Promise<Joining> {
  const refused = await trial(client, account, "join");
  if (refused === undefined) return { can: "now", deposit: 0n, lock: 0n };
  const { errorName, args } = refused;
  if (errorName === "AlreadyMember") return { can: "not", why: "member" };
  if (errorName === "TooEarlyToJoin") return { can: "later", until: args[0] as bigint };
  if (errorName !== "InsufficientFree") throw refused;
  const [, , free, needed] = args as [Address, Address, bigint, bigint];
  return { can: "now", deposit: needed - free, lock: needed };
}

/** Why the contract would refuse an account's call now; undefined if it wouldn't. */
export async function trial(
  client: Client,
  account: Address,
  functionName: "join" | "quit" | "release",
): Promise<RevertError | undefined> {
  const { address: to, abi } = contractOf(client, quorum);
  try {
    await client.rpc.call({ account, to, data: encodeFunctionData({ abi, functionName }) });
    return undefined;
  } catch (error) {
    const refused = refusalOf(functionName, error);
    if (refused instanceof RevertError) return refused;
    throw error;
  }
}

/** Reads from the chain what Quorum knows of an account. */
export async function readMember(client: Client, account: Address, onProgress?: RangeProgress): Promise<Member> {
  const { rpc, deployment } = client;
  const contract = contractOf(client, quorum);
  const { number: upTo, timestamp } = await rpc.getBlock({ blockTag: "latest" });
  const drawn = new Set<Hex>();
  const read = async (fromBlock: bigint, toBlock: bigint) => {
    const range = { ...contract, strict: true, fromBlock, toBlock } as const;
    const [left, penalised, panels, refills] = await Promise.all([
      rpc.getContractEvents({ ...range, eventName: "Left", args: { member: account } }),
      rpc.getContractEvents({ ...range, eventName: "Penalised", args: { member: account } }),
      rpc.getContractEvents({ ...range, eventName: "PanelDrawn" }),
      rpc.getContractEvents({ ...range, eventName: "PanelRefilled" }),
    ]);
    // A round can end earlier than its panel was told, not later.
    for (const { args } of [...panels, ...refills])
      if (args.revealUntil > timestamp && args.members.includes(account)) drawn.add(args.uid);
    return [{ left, penalised }];
  };
  const found = await readRanges(BigInt(deployment.startBlock), upTo, read, onProgress);
  const bondFreeAt = found.flatMap(({ left }) => left).at(-1)?.args.bondFreeAt;
  const isMember = await rpc.readContract({ ...contract, functionName: "isMember", args: [account] });
  const seats = await Promise.all([...drawn].map((uid) => readSeat(client, uid, account, Number(timestamp))));
  return {
    isMember,
    bondFreeAt: bondFreeAt === undefined ? undefined : Number(bondFreeAt),
    penalties: found.flatMap(({ penalised }) => penalised.map(({ args: { uid, amount } }) => ({ uid, amount }))),
    openSeats: seats.flatMap((seat) => (seat ? [seat] : [])).sort((a, b) => a.until - b.until),
  };
}

/** `Stage.Voting`, and states of a seat. */
const VOTING = 2;
const DRAWN = 0;
const COMMITTED = 1;

async function readSeat(client: Client, uid: Hex, member: Address, now: number): Promise<OpenSeat | undefined> {
  const contract = contractOf(client, quorum);
  const [found, seats] = await Promise.all([
    client.rpc.readContract({ ...contract, functionName: "caseOf", args: [uid] }),
    client.rpc.readContract({ ...contract, functionName: "seatsOf", args: [uid] }),
  ]);
  const { stage, round, commitUntil, revealUntil } = found;
  const seat = seats.find((each) => each.member === member && each.round === round);
  if (stage !== VOTING || seat === undefined) return undefined;
  if (seat.state === DRAWN && now < commitUntil) return { uid, round, owes: "vote", until: commitUntil };
  return seat.state === COMMITTED && now < revealUntil ? { uid, round, owes: "reveal", until: revealUntil } : undefined;
}
