import {
  type Address,
  decodeAbiParameters,
  getAbiItem,
  type Hex,
  isAddressEqual,
  numberToHex,
  parseEventLogs,
} from "viem";
import { rewardsAbi } from "../abi.ts";
import { type Client, contractOf, hasContract } from "../client.ts";
import type { Ledger, Standing } from "../ledger.ts";
import { growingRanges } from "../ranges.ts";

/** What became of a season's rewards, in the token's smallest unit. */
export interface RewardsAudit {
  token: Address;
  escrowed: bigint;
  claims: number;
  claimed: bigint;
  posterPaid: bigint;
  returned: bigint;
  held: bigint;
}

interface Terms {
  token: Address;
  pool: bigint;
  posterBudget: bigint;
  perAccount: bigint;
  prizes: readonly Prize[];
}

interface Prize {
  places: number;
  amount: bigint;
}

interface Ended {
  ledger: Ledger;
  blockNumber: bigint;
  end: { finalisedAt: number; poster: Address; participants: number };
}

const contract = { name: "Rewards", abi: rewardsAbi };

/** Checks what was claimed, paid and returned of a season's rewards against their terms and the order of the ledger. */
export async function checkRewards(
  client: Client,
  seasonId: bigint,
  ended: Ended,
): Promise<{ rewards: RewardsAudit | undefined; differences: string[]; notChecked: string[] }> {
  if (!hasContract(client, contract)) {
    const sentence = "Rewards: the deployment names no Rewards, so nothing of them was checked.";
    return { rewards: undefined, differences: [], notChecked: [sentence] };
  }
  const rewards = contractOf(client, contract);
  let book: Book | undefined;
  const differences: string[] = [];
  for await (const event of readEvents(client, rewards.address, seasonId, ended.blockNumber)) {
    if (event.eventName === "RewardsEscrowed") {
      if (book) differences.push("Rewards were escrowed twice.");
      const terms = decodeTerms(event.args.terms);
      if (!terms) differences.push("The rewards' terms can't be decoded.");
      else book = openBook(terms, ended);
    } else if (!book) differences.push(`${event.eventName} comes before any rewards were escrowed.`);
    else if (event.eventName === "RewardClaimed") book.claim(event.args);
    else if (event.eventName === "PosterPaid") book.payPoster(event.args);
    else book.giveBack(event.args.amount);
  }
  const { blockNumber } = ended;
  const held = await client.rpc.readContract({ ...rewards, functionName: "heldOf", args: [seasonId], blockNumber });
  const expected = book?.audit.held ?? 0n;
  differences.push(...(book?.faults ?? []));
  if (held !== expected) differences.push(`Rewards holds ${held} for the season; by its events it is ${expected}.`);
  const notChecked = book
    ? ["Rewards: whether the token really moved as its contract says; the token is foreign code."]
    : [];
  return { rewards: book?.audit, differences, notChecked };
}

/** A season's money, event by event. */
interface Book {
  audit: RewardsAudit;
  faults: string[];
  claim(claim: { account: Address; rank: number; amount: bigint }): void;
  payPoster(payment: { poster: Address; amount: bigint }): void;
  giveBack(amount: bigint): void;
}

function openBook(terms: Terms, { ledger, end }: Ended): Book {
  const { token, pool, posterBudget, perAccount } = terms;
  const escrowed = pool + posterBudget;
  const audit = { token, escrowed, claims: 0, claimed: 0n, posterPaid: 0n, returned: 0n, held: escrowed };
  const faults: string[] = [];
  const standings = new Map(ledger.standings.map((standing) => [standing.account, standing]));
  const claimed = new Set<Address>();
  const pay = (what: "claimed" | "posterPaid" | "returned", amount: bigint): void => {
    audit[what] += amount;
    audit.held -= amount;
  };
  return {
    audit,
    faults,
    claim({ account, rank, amount }) {
      audit.claims += 1;
      pay("claimed", amount);
      if (end.finalisedAt === 0) faults.push(`${account} claimed ${amount} before the order was final.`);
      if (claimed.has(account)) faults.push(`${account} claimed twice.`);
      claimed.add(account);
      const standing = standings.get(account);
      if (!standing) faults.push(`${account} claimed ${amount} and has no entry.`);
      else faults.push(...claimFaults(terms, ledger, standing, { rank, amount }));
    },
    payPoster({ poster, amount }) {
      if (audit.posterPaid > 0n) faults.push("The poster was paid twice.");
      pay("posterPaid", amount);
      const most = perAccount * BigInt(end.participants);
      const due = most < posterBudget ? most : posterBudget;
      if (amount !== due) faults.push(`The poster was paid ${amount}; by the terms it is ${due}.`);
      if (!isAddressEqual(poster, end.poster)) faults.push(`${poster} was paid as poster; that is ${end.poster}.`);
    },
    giveBack(amount) {
      if (amount !== audit.held) faults.push(`${amount} returned to the organiser; ${audit.held} were left.`);
      pay("returned", amount);
    },
  };
}

function claimFaults(
  { pool, prizes }: Terms,
  { standings, totalPoints }: Ledger,
  { account, rank, points }: Standing,
  claim: { rank: number; amount: bigint },
): string[] {
  const faults: string[] = [];
  if (claim.rank !== rank) faults.push(`${account} claimed as rank ${claim.rank}; by the ledger its rank is ${rank}.`);
  if (prizes.length === 0) {
    const due = totalPoints === 0n ? 0n : (pool * points) / totalPoints;
    return claim.amount === due ? faults : [...faults, `${account} claimed ${claim.amount}; its share is ${due}.`];
  }
  // A claim may show a later rank than the next one, and gets less then.
  const lasts = standings.filter((each) => each.rank === each.place && each.rank > rank).map(({ place }) => place - 1);
  lasts.push(standings.length);
  if (lasts.some((last) => meanPrize(prizes, rank, last) === claim.amount)) return faults;
  return [
    ...faults,
    `${account} claimed ${claim.amount}; its rank's prize is ${meanPrize(prizes, rank, lasts[0] as number)}.`,
  ];
}

/** The mean of the prizes of places `first` to `last`, rounded down: what equal accounts get that hold them. */
function meanPrize(prizes: readonly Prize[], first: number, last: number): bigint {
  let sum = 0n;
  let from = 1;
  for (const { places, amount } of prizes) {
    const held = Math.min(from + places - 1, last) - Math.max(from, first) + 1;
    if (held > 0) sum += BigInt(held) * amount;
    from += places;
  }
  return sum / BigInt(last - first + 1);
}

function decodeTerms(encoded: Hex): Terms | undefined {
  const [, terms] = getAbiItem({ abi: rewardsAbi, name: "escrow" }).inputs;
  try {
    return decodeAbiParameters([terms], encoded)[0];
  } catch {
    return undefined;
  }
}

const FEW_LOGS = 1_000;

async function* readEvents({ rpc, deployment }: Client, address: Address, seasonId: bigint, toBlock: bigint) {
  const topics = [null, numberToHex(seasonId, { size: 32 })];
  const read = (from: bigint, to: bigint) =>
    rpc.request({
      method: "eth_getLogs",
      params: [{ address, topics, fromBlock: numberToHex(from), toBlock: numberToHex(to) }],
    });
  for await (const { found } of growingRanges(
    BigInt(deployment.startBlock),
    toBlock,
    read,
    (logs) => logs.length < FEW_LOGS,
  ))
    yield* parseEventLogs({ abi: rewardsAbi, logs: found, strict: true });
}
