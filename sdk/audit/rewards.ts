import { type Address, type Hex, isAddressEqual, numberToHex, parseEventLogs } from "viem";
import { rewardsAbi } from "../abi.ts";
import { type Client, contractOf, hasContract } from "../client.ts";
import type { Ledger, Standing } from "../ledger.ts";
import { growingRanges } from "../ranges.ts";
import { prizeOf, shareOf } from "../rewards.ts";
import { decodeTerms, posterFee, rewardsContract, type Terms, UntoldSeasonError } from "../seasonEnd.ts";

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

interface Ended {
  ledger: Ledger;
  blockNumber: bigint;
  end: { finalisedAt: number; poster: Address; participants: number };
}

/** Checks what was claimed, paid and returned of a season's rewards against their terms and the order of the ledger. */
export async function checkRewards(
  client: Client,
  seasonId: bigint,
  ended: Ended,
): Promise<{ rewards: RewardsAudit | undefined; differences: string[]; notChecked: string[] }> {
  if (!hasContract(client, rewardsContract)) {
    const sentence = "Rewards: the deployment names no Rewards, so nothing of them was checked.";
    return { rewards: undefined, differences: [], notChecked: [sentence] };
  }
  const rewards = contractOf(client, rewardsContract);
  let book: Book | undefined;
  const differences: string[] = [];
  for await (const event of readEvents(client, rewards.address, seasonId, ended.blockNumber)) {
    if (event.eventName === "RewardsEscrowed") {
      if (book) differences.push("Rewards were escrowed twice.");
      const terms = termsIn(event.args.terms);
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
  const { token, pool, posterBudget } = terms;
  const escrowed = pool + posterBudget;
  const audit = { token, escrowed, claims: 0, claimed: 0n, posterPaid: 0n, returned: 0n, held: escrowed };
  const faults: string[] = [];
  const standings = new Map(ledger.standings.map((standing) => [standing.account, standing]));
  const dueOf = amounts(terms, ledger);
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
      else faults.push(...claimFaults(standing, dueOf(standing), { rank, amount }));
    },
    payPoster({ poster, amount }) {
      if (audit.posterPaid > 0n) faults.push("The poster was paid twice.");
      pay("posterPaid", amount);
      const due = posterFee(terms, end.participants);
      if (amount !== due) faults.push(`The poster was paid ${amount}; by the terms it is ${due}.`);
      if (!isAddressEqual(poster, end.poster)) faults.push(`${poster} was paid as poster; that is ${end.poster}.`);
    },
    giveBack(amount) {
      if (amount !== audit.held) faults.push(`${amount} returned to the organiser; ${audit.held} were left.`);
      pay("returned", amount);
    },
  };
}

/** What a claim may have got: the first amount, or one of those that showed a later rank than the next one. */
interface Due {
  amount: bigint;
  isLower(amount: bigint): boolean;
}

/** What each standing's claim may get by the terms. */
function amounts({ pool, prizes }: Terms, { standings, totalPoints }: Ledger): (standing: Standing) => Due {
  /** The last place of each rank, in order. */
  const lasts = standings.flatMap(({ place }, i) => (standings[i + 1]?.rank === place + 1 ? [place] : []));
  if (standings.length > 0) lasts.push(standings.length);
  return ({ rank, points }) => {
    if (prizes.length === 0) return { amount: shareOf(pool, points, totalPoints), isLower: () => false };
    const by = (index: number): bigint => prizeOf(prizes, rank, lasts[index] as number);
    const own = firstOf(lasts.length, (i) => (lasts[i] as number) >= rank);
    return {
      amount: by(own),
      // Prizes never rise, so the mean of more places is never greater.
      isLower(amount) {
        const found = own + firstOf(lasts.length - own, (i) => by(own + i) <= amount);
        return found < lasts.length && by(found) === amount;
      },
    };
  };
}

/** The first number below `count` of which something is true that stays true from there on; `count` where it never is. */
function firstOf(count: number, isTrue: (index: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isTrue(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function claimFaults({ account, rank }: Standing, due: Due, claim: { rank: number; amount: bigint }): string[] {
  const faults: string[] = [];
  if (claim.rank !== rank) faults.push(`${account} claimed as rank ${claim.rank}; by the ledger its rank is ${rank}.`);
  if (claim.amount !== due.amount && !due.isLower(claim.amount))
    faults.push(`${account} claimed ${claim.amount}; by the terms it is ${due.amount}.`);
  return faults;
}

function termsIn(encoded: Hex): Terms | undefined {
  try {
    return decodeTerms(encoded);
  } catch (error) {
    if (error instanceof UntoldSeasonError) return undefined;
    throw error;
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
